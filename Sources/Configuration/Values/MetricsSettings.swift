public import Secrets

/// Where metrics are left after each run.
public struct MetricsSettings: Sendable, Hashable {
    /// The absolute path of a file; `nil` for none.
    public let file: String?
    /// The URL of a push gateway; `nil` for none.
    public let pushGateway: Template?
}
