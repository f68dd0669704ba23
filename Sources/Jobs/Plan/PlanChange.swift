public import Configuration

/// A value of the configuration that is another than before.
public struct PlanChange: Sendable, Hashable {
    /// Where it stands among the effective values: `retention.tiers`, or `filters[3]`, in terms of the new
    /// configuration as far as it is there.
    public let path: String
    /// What it was, in one line; nil for what was not there.
    ///
    /// Secrets are references.
    public let old: String?
    /// What it is; nil for what is gone.
    public let new: String?
    /// Where the new value is written; nil for what is gone.
    public let origin: Origin?
}
