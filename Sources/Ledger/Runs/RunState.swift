/// How a run stands, or ended.
public enum RunState: String, Sendable, Hashable, CaseIterable {
    /// It is at work; or its process died and nobody has noticed yet.
    case running
    /// Everything was done.
    case success
    /// Everything was done that could be done, but something was left out.
    case warning
    /// The purpose was not achieved.
    case failed
    /// A hook said that it was not to be done this time.
    case skipped
    /// A guard refused.
    case refused
    /// It was stopped, or its process died.
    case interrupted

    /// Whether there is a version that can be relied upon.
    public var isGood: Bool { self == .success || self == .warning }
}

/// What made a run begin.
public enum RunTrigger: String, Sendable, Hashable, CaseIterable {
    /// Somebody typed a command.
    case manual
    /// The schedule said so.
    case schedule
    /// It makes up for runs that were missed.
    case catchUp = "catch_up"
    /// An earlier attempt failed, or was suspended.
    case retry
    /// A request to the service.
    case api
}
