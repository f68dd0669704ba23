public import Secrets

/// What a configuration file says, as plain values.
public struct Configuration: Sendable, Hashable {
    /// The stable name of this installation in reports.
    public let instance: String
    /// How the program itself runs.
    public let runtime: RuntimeSettings
    /// Where each secret comes from, by name; credentials that are written in place have their dotted path as name.
    public let secrets: [String: SecretSource]
    /// The destinations by name.
    public internal(set) var destinations: [String: DestinationSpecification]
    /// The jobs in the order of the file.
    public internal(set) var jobs: [JobSpecification]
    /// The reports by name.
    public let reports: [String: ReportSpecification]
    /// What must hold for all of it.
    public let policies: [PolicySpecification]
    /// A fingerprint of all that holds in the end: `sha256:` and 64 hexadecimal digits.
    ///
    /// It is the same however the values are spread over files, variables and flags. Secrets count by their references.
    public let hash: String
    /// The variables and flags that set something, by name: `DUNNAGE__INSTANCE`, `--set jobs.photos.filters`.
    public let overrides: [String]

    /// The job of that name.
    public func job(named name: String) -> JobSpecification? {
        jobs.first { $0.name == name }
    }
}
