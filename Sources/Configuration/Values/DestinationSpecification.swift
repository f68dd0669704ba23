public import Secrets

/// A place that versions are stored at.
public struct DestinationSpecification: Sendable, Hashable {
    /// The placeholder in a URL that stands for the job's name.
    public static let jobPlaceholder = "{job}"

    /// Its name in the file.
    public let name: String
    /// Where it is; may hold `{job}`, see ``url(forJob:)``.
    public let url: Template
    /// The destination's options; numbers and booleans as they are written.
    public let options: [String: Template]

    /// The URL of one job's store, still with its secrets open.
    public func url(forJob job: String) -> Template {
        url.replacing(Self.jobPlaceholder, with: job)
    }
}
