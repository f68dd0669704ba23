internal import Foundation
internal import Glibc
internal import JSON
internal import Support

/// Real servers that `Tests/Servers/servers.py` runs, in a folder of their own.
///
/// They end with their last owner, and with the test process, however that one ends.
public final class RunningServers: Sendable {
    /// Servers that did not start.
    public struct NotStarted: Error, CustomStringConvertible {
        /// What the script had to say.
        public let description: String
    }

    /// What the script found out: ports, URLs, credentials.
    let facts: JSONValue
    /// Everything that the servers keep, their logs too; it disappears with them.
    public let folder: String
    private let python: String

    /// Whether the script can run at all, for servers that need nothing but Python.
    static var havePython: Bool { TestTool.areThere("python3", "openssl") }

    /// Starts servers and waits until they answer.
    /// - Parameters:
    ///   - kind: which; the script names them.
    ///   - options: theirs; each module of the script names them.
    /// - Throws: `NotStarted`, or why the script could not be run.
    init(_ kind: String, _ options: [String: String] = [:]) throws {
        guard let python = TestTool.path("python3") else { throw NotStarted(description: "python3 is not installed") }
        self.python = python
        let temporary = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(temporary)/dunnage-servers-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError("create a temporary folder in", path: temporary) }
        folder = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let settings = options.map { "\($0)=\($1)" }.sorted()
        do {
            let output = try Self.run(python, ["start", kind, folder] + settings + ["--owner", "\(getpid())"])
            facts = try JSONValue(parsing: output)
        } catch {
            // The script removes what it has filled.
            rmdir(folder)
            throw NotStarted(description: "servers.py start \(kind): \(error)")
        }
    }

    deinit { _ = try? Self.run(python, ["stop", folder]) }

    private static func run(_ python: String, _ arguments: [String]) throws -> [UInt8] {
        let script = URL(fileURLWithPath: #filePath).appending(path: "../../../Servers/servers.py")
        let process = Process()
        let output = Pipe()
        let errors = Pipe()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = [script.standardizedFileURL.path] + arguments
        process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let answer = output.fileHandleForReading.readDataToEndOfFile()
        let complaint = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw NotStarted(description: String(decoding: complaint, as: UTF8.self))
        }
        return Array(answer)
    }

    /// A text of the facts.
    func text(_ path: String...) throws -> String {
        guard let text = value(path)?.string else { throw NotStarted(description: "no \(path.joined(separator: "."))") }
        return text
    }

    /// Texts of the facts.
    func texts(_ path: String...) throws -> [String] {
        guard let texts = value(path)?.array else { throw NotStarted(description: "no \(path.joined(separator: "."))") }
        return texts.compactMap(\.string)
    }

    /// A number of the facts.
    func number(_ path: String...) throws -> Int {
        guard let number = value(path)?.integer else {
            throw NotStarted(description: "no \(path.joined(separator: "."))")
        }
        return Int(number)
    }

    private func value(_ path: [String]) -> JSONValue? {
        path.reduce(JSONValue?.some(facts)) { $0?[$1] }
    }

    /// The lines of a file that a server writes, such as the requests that it was asked.
    static func lines(of path: String) throws -> [String] {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        return text.split(separator: "\n").map(String.init)
    }
}
