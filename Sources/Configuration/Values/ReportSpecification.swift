public import Secrets

/// A place that is told about runs.
public struct ReportSpecification: Sendable, Hashable {
    /// Something that a report tells of.
    public enum Event: String, Sendable, Hashable, CaseIterable {
        /// A run begins.
        case start
        /// A run succeeded.
        case success
        /// A run succeeded with warnings.
        case warning
        /// A run failed.
        case failure
        /// A run that was due did not begin.
        case missed
        /// The newest version is older than `slo.rpo`.
        case overdue
        /// There is a version again that is young enough.
        case recovered
        /// A restore drill ended.
        case drill
        /// The configuration was changed, or could not be.
        case configChanged = "config_changed"

        /// What is told of unless the file says otherwise.
        public static let usual: Set<Event> = [.success, .warning, .failure, .missed, .overdue, .recovered]
    }

    /// How much of the log goes with it.
    public enum LogDetail: String, Sendable, Hashable, CaseIterable {
        /// Nothing.
        case none
        /// What went wrong.
        case problems
        /// All.
        case all
    }

    /// What a run with warnings is for a receiver that knows two results only.
    public enum WarningMeaning: String, Sendable, Hashable, CaseIterable {
        /// As if there were none.
        case success
        /// As if it had failed.
        case failure
    }

    /// How it gets there.
    public enum Channel: Sendable, Hashable {
        /// An HTTP endpoint.
        case webhook(Webhook)
        /// A message to people.
        case email(Email)
        /// A message over XMPP.
        case xmpp(XMPP)
        /// A service with an interface of its own; see ``Service``.
        case service(Service)
    }

    /// A service that has an interface of its own: texts, numbers and booleans by key, as they are written.
    public struct Service: Sendable, Hashable {
        /// Its key in the file: `healthchecks`, `ntfy`.
        public let kind: String
        /// Its settings by key; a list is several texts.
        public let settings: [String: [Template]]
    }

    /// Summaries in place of single reports.
    public struct Digest: Sendable, Hashable {
        /// When.
        public let timing: Timing
        /// What they tell of.
        public let events: Set<Event>
    }

    /// Its name in the file.
    public let name: String
    /// How it gets there.
    public let channel: Channel
    /// What it tells of.
    public let events: Set<Event>
    /// How much of the log goes with it.
    public let logDetail: LogDetail
    /// Summaries in place of single reports.
    public let digest: Digest?

    /// The endpoint, when it is one.
    public var webhook: Webhook? {
        if case .webhook(let webhook) = channel { webhook } else { nil }
    }
}
