internal import Support

/// Why a command did not yield the file that it should.
public struct StreamFailure: Error, Sendable, CustomStringConvertible {
    /// What happened.
    public enum Reason: Sendable, Hashable {
        /// It could not be started; the system's error number.
        case notStarted(Int32)
        /// It ended with another status than 0.
        case exit(Int32)
        /// A signal ended it.
        case signal(Int32)
        /// It took longer than it may.
        case timeout(Duration)
        /// Its output could not be read; the system's error number.
        case unreadable(Int32)
        /// What stands for a command failed, and says why.
        case failed(String)
    }

    /// The path of the file in the version.
    public let path: String
    /// The program, without its arguments.
    public let program: String
    /// What happened.
    public let reason: Reason
    /// The last lines that it wrote to standard error, without secrets.
    public let lines: [String]

    /// What happened, in a sentence, and the command's own words.
    public var description: String {
        let words =
            lines.isEmpty
            ? " It wrote nothing to standard error." : " Its last words: \(lines.joined(separator: " | "))"
        return switch reason {
        case .notStarted(let code):
            "The command “\(program)” for \(path) could not be started: \(SystemError("", code: code).message)."
        case .exit(let status): "The command “\(program)” for \(path) ended with status \(status).\(words)"
        case .signal(let number): "The command “\(program)” for \(path) was ended by signal \(number).\(words)"
        case .timeout(let time):
            "The command “\(program)” for \(path) was stopped after \(Count(time.components.seconds, "second")), which is its "
                + "timeout.\(words)"
        case .unreadable(let code):
            "The output of the command “\(program)” for \(path) could not be read: "
                + "\(SystemError("", code: code).message).\(words)"
        case .failed(let detail): "“\(program)” for \(path) failed: \(detail)\(lines.isEmpty ? "" : words)"
        }
    }

    /// A failure from its parts.
    public init(path: String, program: String, reason: Reason, lines: [String]) {
        self.path = path
        self.program = program
        self.reason = reason
        self.lines = lines
    }
}
