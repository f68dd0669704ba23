public import Secrets

/// A place that is told about each run.
public struct ReportSpecification: Sendable, Hashable {
    /// An HTTP endpoint that takes our JSON report.
    public struct Webhook: Sendable, Hashable {
        /// Where the report is posted; `{job}` stands for the job's name.
        public let url: Template
        /// The key that signs it.
        public let signingKey: SecretReference?

        /// The URL for one job, still with its secrets open.
        public func url(forJob job: String) -> Template {
            url.replacing(DestinationSpecification.jobPlaceholder, with: job)
        }
    }

    /// Its name in the file.
    public let name: String
    /// The endpoint.
    public let webhook: Webhook
}
