public import Secrets

/// Who may ask a service, and for what: `runtime.api`.
public struct APISettings: Sendable, Hashable {
    /// What a token allows; each allows what those before it do.
    public enum Scope: String, Sendable, Hashable, CaseIterable, Comparable {
        /// Metrics and the status, for monitoring.
        case metrics
        /// Everything that only looks: jobs, runs and their logs, versions and the names in them.
        case read
        /// Starting, stopping, pausing and resuming jobs, and reading the configuration again.
        case operate
        /// Restoring, below the folders that are named for it.
        case admin

        /// Whether the one allows less than the other.
        public static func < (a: Scope, b: Scope) -> Bool { a.rank < b.rank }

        private var rank: Int {
            switch self {
            case .metrics: 0
            case .read: 1
            case .operate: 2
            case .admin: 3
            }
        }
    }

    /// A token that somebody has.
    public struct Token: Sendable, Hashable {
        /// Who has it, for the log.
        public let name: String
        /// The token itself.
        public let secret: SecretReference
        /// What it allows.
        public let scope: Scope
    }

    /// How a service proves who it is.
    public struct TLS: Sendable, Hashable {
        /// The absolute path of the certificate, with those of the authorities between it and the root.
        public let certificate: String
        /// The absolute path of its private key.
        public let key: String
    }

    /// The tokens that are accepted; without any, nothing but probes is answered over the network.
    public let tokens: [Token]
    /// The certificate; `nil` for plain HTTP.
    public let tls: TLS?
    /// The names by which the service may be called, beside addresses, `localhost` and the names that it listens at.
    public let hosts: [String]
    /// The absolute paths of the folders that restores may write below; none refuses them.
    public let restoreRoots: [String]
}
