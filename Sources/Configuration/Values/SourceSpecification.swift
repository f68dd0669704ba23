public import Secrets

/// Something that a job backs up: a folder or file, or the output of a command.
public struct SourceSpecification: Sendable, Hashable {
    /// What comes of a folder or file that does not exist.
    public enum Absence: String, Sendable, Hashable, CaseIterable {
        /// The run goes on with a warning.
        case warn
        /// The run fails.
        case fail
        /// The run goes on.
        case ignore
    }

    /// A command whose standard output is backed up.
    public struct Command: Sendable, Hashable {
        /// The program and its arguments; no shell reads them.
        public let arguments: [String]
        /// The variables of its environment, by name.
        public let environment: [String: Template]
        /// How long it may take.
        public let timeout: CalendarDuration?
    }

    /// The absolute path of the folder or file, or of the file that the output becomes, without a slash at the end.
    public let path: String
    /// What comes of a folder or file that does not exist.
    public let absence: Absence
    /// Whether something must be mounted there.
    public let requiresMountPoint: Bool
    /// The command, when the output of one is backed up.
    public let command: Command?
    /// What else's output is backed up.
    public let dump: DumpSpecification?

    /// Whether it is an output that is backed up, and not a folder or file of this machine.
    public var isOutput: Bool { command != nil || dump != nil }
}
