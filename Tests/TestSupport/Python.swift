internal import Foundation
internal import Support

/// The Python of the test tools, for comparisons with other implementations.
public enum Python {
    /// A program that did not end well, or no Python.
    public struct Failed: Error {}

    /// Whether a module can be imported.
    public static func has(_ module: String) -> Bool { (try? run(["-c", "import \(module)"])) != nil }

    /// Runs a program to its end.
    /// - Parameters:
    ///   - arguments: a script and its arguments, or `-c` and a program.
    ///   - input: what it reads.
    /// - Returns: what it writes.
    /// - Throws: `Failed`, or why it could not be started.
    public static func run(_ arguments: [String], input: String = "") throws -> String {
        guard let python = TestTool.path("python3") else { throw Failed() }
        let folder = try TemporaryFolder()
        try Data(input.utf8).write(to: URL(filePath: "\(folder.path)/input"))
        let output = Pipe()
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = arguments
        process.standardInput = try FileHandle(forReadingFrom: URL(filePath: "\(folder.path)/input"))
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
