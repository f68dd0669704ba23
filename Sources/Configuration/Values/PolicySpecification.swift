/// What must hold for the configuration as a whole.
public struct PolicySpecification: Sendable, Hashable {
    /// The rules that there are.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Everything is encrypted.
        case encryptionRequired = "encryption_required"
        /// There are that many destinations.
        case minCopies = "min_copies"
        /// There are that many destinations elsewhere.
        case offSite = "offsite"
        /// Some destination keeps objects from being deleted for that long.
        case immutabilityAtLeast = "immutability_at_least"
        /// Restores are proven that often.
        case verifiedWithin = "verified_within"
        /// The newest version becomes no older than that.
        case recoveryPoint = "rpo"
        /// No password or key stands in the file.
        case noLiteralSecrets = "no_literal_secrets"
    }

    /// Which rule.
    public let kind: Kind
    /// How many destinations.
    public let count: Int?
    /// How long.
    public let span: CalendarDuration?
    /// The jobs that it is about; `nil` for all that are enabled.
    public let jobs: [String]?
    /// The jobs that it is not about.
    public let exceptions: [String]

    /// Whether it is about a job.
    public func concerns(_ job: JobSpecification) -> Bool {
        jobs.map { $0.contains(job.name) } ?? (job.isEnabled && !exceptions.contains(job.name))
    }
}
