/// What a hook means for its run.
public enum HookVerdict: Sendable {
    /// All is well.
    case success
    /// It went wrong, and the run goes on with a warning.
    case warning(String)
    /// It went wrong and the run goes on, but does not count as a success.
    case error(String)
    /// The run ends as if it were not due.
    case skip(String, isWarning: Bool)
    /// The run fails.
    case failure(HookFailure)
}

/// What a list of hooks came to.
public struct HookSummary: Sendable {
    /// What went wrong without ending the run.
    public var warnings: [String] = []
    /// What went wrong without ending the run, but keeps it from being a success.
    public var errors: [String] = []
    /// Why the run is to be skipped; nil when it is not.
    public var skipReason: String?
    /// Why the run fails; nil when it does not.
    public var failure: HookFailure?
    /// Options that scripts of Duplicati's set for the run.
    public var options: [ScriptOption] = []

    /// Nothing was done.
    public init() {}

    /// Whether the run may go on.
    public var goesOn: Bool { skipReason == nil && failure == nil }
}
