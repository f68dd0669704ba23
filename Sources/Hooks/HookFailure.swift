public import Secrets
public import Support
public import Transport

/// Why something that is done around a backup did not succeed.
public struct HookFailure: Error, Sendable, CustomStringConvertible {
    /// What happened.
    public enum Reason: Error, Sendable {
        /// The program could not be started.
        case notStarted(SystemError)
        /// It ended with a status other than 0.
        case exit(Int32)
        /// A signal ended it.
        case signal(Int32)
        /// It took longer than it may.
        case timeout(Duration)
        /// The web service answered with another status than was expected.
        case status(Int, wanted: String)
        /// The web service could not be asked.
        case transport(TransportError)
        /// A container could not be stopped, started or used.
        case docker(DockerError)
        /// A secret that it needs cannot be had.
        case secret(SecretError)
        /// What is to be done about it could not be written down, so it was not done.
        case journal(String)
        /// The run was asked to stop.
        case cancelled
    }

    /// What it is called.
    public let name: String
    /// What happened.
    public let reason: Reason
    /// The last lines that it wrote, without secrets.
    public let lines: [String]

    /// A failure from its parts.
    public init(_ name: String, _ reason: Reason, lines: [String] = []) {
        self.name = name
        self.reason = reason
        self.lines = lines
    }

    /// Whether nobody is to blame but who asked to stop.
    public var isCancelled: Bool {
        switch reason {
        case .cancelled: true
        case .transport(let error): error.kind == .cancelled
        case .docker(let error): error.isCancelled
        case .secret(let error): error.isCancelled
        default: false
        }
    }

    /// The status with which a program ended, when that is what happened.
    public var exitStatus: Int32? {
        if case .exit(let status) = reason { status } else { nil }
    }

    /// What happened, in a sentence, and its own last words.
    public var description: String {
        let words = lines.isEmpty ? "" : " Its last words: \(lines.joined(separator: " | "))"
        return switch reason {
        case .notStarted(let error): "“\(name)” could not be started: \(error.message)."
        case .exit(let status): "“\(name)” ended with status \(status).\(words)"
        case .signal(let number): "“\(name)” was ended by signal \(number).\(words)"
        case .timeout(let time):
            "“\(name)” was stopped after \(Count(time.components.seconds, "second")), which is its timeout.\(words)"
        case .status(let status, let wanted): "“\(name)” was answered with status \(status) instead of \(wanted)."
        case .transport(let error): "“\(name)” got no answer. \(error)"
        case .docker(let error): "“\(name)” failed. \(error)\(words)"
        case .secret(let error): "“\(name)” could not be prepared: \(error)"
        case .journal(let detail): "“\(name)” was not begun, because what takes it back cannot be kept. \(detail)"
        case .cancelled: "“\(name)” was stopped, because the run was.\(words)"
        }
    }
}
