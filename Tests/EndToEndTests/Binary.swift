import Foundation
import Glibc
import Support
import Synchronization

/// The built program, run as a user would.
enum Binary {
    /// What a run left.
    struct Result: Sendable {
        let code: Int32
        let output: String
        let error: String
    }

    /// The executable beside the tests' own.
    static let path: String = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return (tests as NSString).deletingLastPathComponent + "/dunnage"
    }()

    /// Runs the program to its end.
    static func run(
        _ arguments: [String], in folder: String, environment: [String: String] = [:]
    ) throws -> Result {
        try start(arguments, in: folder, environment: environment).wait()
    }

    /// Starts the program.
    static func start(
        _ arguments: [String], in folder: String, environment: [String: String] = [:]
    ) throws -> Running {
        try Running(path, arguments, folder: folder, environment: environment)
    }

    /// Runs a shell script; for what is none of the program's business.
    @discardableResult
    static func shell(
        _ script: String, in folder: String, environment: [String: String] = [:]
    ) throws -> Result {
        try Running("/bin/sh", ["-c", script], folder: folder, environment: environment).wait()
    }

    /// A process that has been started.
    final class Running: Sendable {
        private let process: Process
        private let output: Gatherer
        private let error: Gatherer

        /// Its number.
        var id: Int32 { process.processIdentifier }

        init(_ path: String, _ arguments: [String], folder: String, environment: [String: String]) throws {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: path)
            process.arguments = arguments
            process.currentDirectoryURL = URL(fileURLWithPath: folder)
            var variables = ["PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": folder, "TZ": "UTC", "LANG": "C.UTF-8"]
            if let temporary = ProcessInfo.processInfo.environment["TMPDIR"] { variables["TMPDIR"] = temporary }
            process.environment = variables.merging(environment) { $1 }
            process.standardInput = FileHandle.nullDevice
            let pipes = (output: Pipe(), error: Pipe())
            process.standardOutput = pipes.output
            process.standardError = pipes.error
            try process.run()
            output = try Gatherer(pipes.output)
            error = try Gatherer(pipes.error)
            self.process = process
        }

        /// Waits for its end.
        func wait() -> Result {
            process.waitUntilExit()
            let code =
                process.terminationReason == .uncaughtSignal
                ? -process.terminationStatus : process.terminationStatus
            return Result(code: code, output: output.text(), error: error.text())
        }

        /// Whether it has not ended yet.
        var isRunning: Bool { process.isRunning }

        /// Whether the log has this text by now.
        func hasLogged(_ text: String) -> Bool { timesLogged(text) > 0 }

        /// How often a text has come on standard error so far.
        func timesLogged(_ text: String) -> Int { error.soFar.ranges(of: text).count }
    }

    /// Reads a pipe to its end on a thread of its own, so that nobody waits for a reader.
    private final class Gatherer: Sendable {
        private let bytes = Mutex<[UInt8]>([])
        private let thread = Mutex<WorkerThread?>(nil)

        var soFar: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }

        init(_ pipe: Pipe) throws {
            let reader = try WorkerThread("gather") { [self] in
                while true {
                    let data = pipe.fileHandleForReading.availableData
                    if data.isEmpty { return }
                    bytes.withLock { $0 += Array(data) }
                }
            }
            thread.withLock { $0 = reader }
        }

        func text() -> String {
            thread.withLock { $0 }?.join()
            return soFar
        }
    }
}
