public import Support

/// What a source must be like before anything is deleted.
public struct ExpectationSpecification: Sendable, Hashable {
    /// What follows when it is not so.
    public enum Violation: String, Sendable, Hashable, CaseIterable {
        /// The run fails.
        case fail
        /// The version is stored, and none is deleted until somebody has looked.
        case quarantine
        /// The run goes on with a warning.
        case warn
    }

    /// The path of the source.
    public let source: String
    /// How many files it has at least.
    public let minFiles: Int?
    /// How large all of it is at least.
    public let minSize: ByteCount?
    /// Paths below it that must be there.
    public let mustExist: [String]
    /// The share of files that may have gone since the last version.
    public let maxRemoved: Percentage?
    /// The share of files that may have changed since the last version.
    public let maxChanged: Percentage?
    /// What follows when it is not so.
    public let violation: Violation
}
