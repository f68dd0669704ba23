internal import Configuration

/// Who asks, once that is known.
struct Caller: Sendable {
    /// For the log: the name of a token, or that of a user.
    let name: String
    /// What is allowed; nil for what needs no permission.
    let scope: APISettings.Scope?

    /// Nobody in particular.
    static let anybody = Caller(name: "-", scope: nil)
}
