/// Why something ended without reaching its purpose, in the words of a report and the code of the process.
public struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure, stable for reports and monitoring; `E301` is a single damaged object.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The configuration is invalid, or does not fit the store.
        case configuration = "E302"
        /// A secret cannot be had.
        case secret = "E303"
        /// The destination cannot be reached.
        case unreachable = "E304"
        /// The destination refuses the credentials, or does not allow what is needed.
        case credentials = "E305"
        /// The destination, or a local file system, is full.
        case full = "E306"
        /// The destination's folder, bucket or container is missing.
        case missingContainer = "E307"
        /// The destination failed in another way.
        case destination = "E308"
        /// The passphrase does not open the store.
        case passphrase = "E309"
        /// Objects of the store are missing or damaged, or there is no backup.
        case store = "E310"
        /// None of the sources exists, or one that must exist does not.
        case sources = "E311"
        /// Another run is at work.
        case busy = "E312"
        /// This machine's files, memory or threads.
        case local = "E313"
        /// What was asked for does not exist.
        case notFound = "E314"
        /// The run was stopped from outside.
        case stopped = "E315"
        /// A guard refused: more would be deleted than allowed, or the last version.
        case refused = "E316"
        /// A command whose output is a source failed.
        case stream = "E317"
        /// A hook failed.
        case hook = "E318"
        /// The sources are not as expected.
        case expectation = "E319"
        /// A version is in quarantine.
        case quarantine = "E320"
        /// A defect of the program.
        case defect = "E399"
    }

    /// What kind of failure.
    public let code: Code
    /// What the process returns for it.
    public let exitCode: ExitCode
    /// One paragraph: the cause and the remedy, without secrets.
    public let message: String

    /// A failure from its parts.
    public init(_ code: Code, _ exitCode: ExitCode, _ message: String) {
        self.code = code
        self.exitCode = exitCode
        self.message = message
    }

    /// The paragraph.
    public var description: String { message }
}
