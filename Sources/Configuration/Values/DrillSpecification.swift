public import Support

/// What is read back and checked beside the backups.
public struct RemoteVerification: Sendable, Hashable {
    /// When.
    public let timing: Timing
    /// How much each time; `nil` for what the cycle needs.
    public let amount: VerificationSpecification.Amount?
    /// The time in which every volume has its turn.
    public let fullCycle: CalendarDuration?
}

/// A restore that proves that a restore works.
public struct DrillSpecification: Sendable, Hashable {
    /// What restored files are compared with.
    public enum Comparison: String, Sendable, Hashable, CaseIterable {
        /// The hashes of the version.
        case manifest
        /// The source, where it has not changed.
        case source
    }

    /// What is restored.
    public struct Selection: Sendable, Hashable {
        /// Sources that are restored whole.
        public let sources: [String]
        /// Files and folders.
        public let paths: [String]
        /// How many files by chance.
        public let randomFiles: Int?
        /// How much those may be together.
        public let randomSize: ByteCount?
    }

    /// What else must hold of what was restored.
    public enum Check: Sendable, Hashable {
        /// A program must succeed in the folder.
        case command([String])
        /// A dump must be readable.
        case postgresRestore(path: String, listOnly: Bool, tool: String?)
        /// A database must be sound.
        case sqliteIntegrity(path: String)
    }

    /// When.
    public let timing: Timing
    /// What is restored; `nil` for 25 files by chance.
    public let selection: Selection?
    /// What the files are compared with.
    public let comparison: Comparison
    /// The absolute path of the folder to restore to; `nil` for a temporary one.
    public let target: String?
    /// How long it may take.
    public let maxDuration: CalendarDuration?
    /// What else must hold.
    public let checks: [Check]
}
