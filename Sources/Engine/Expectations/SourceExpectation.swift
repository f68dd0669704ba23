/// What a version has to have of one source.
public struct SourceExpectation: Sendable, Hashable {
    /// The source's path, without a slash at its end.
    public var path: String
    /// How many files it has at least.
    public var minFiles: Int64?
    /// How many bytes they have at least.
    public var minBytes: Int64?
    /// The largest share, 0 to 1, of the files of the version before that may be gone.
    public var maxRemoved: Double?
    /// The largest share, 0 to 1, of the files of the version before whose content may have changed.
    public var maxChanged: Double?
    /// Whether no version is made when it is not so.
    public var isFatal: Bool

    /// An expectation that asks for nothing yet.
    public init(path: String, isFatal: Bool) {
        self.path = path
        self.isFatal = isFatal
    }
}

/// Something that is not as expected.
public struct ExpectationFinding: Sendable, Hashable, CustomStringConvertible {
    /// The source's path.
    public let path: String
    /// Where the expectation stands in its list.
    public let index: Int
    /// What is there, and what is expected: `12 files, and at least 100 are expected`.
    public let message: String

    /// A finding from its parts.
    public init(path: String, index: Int, message: String) {
        self.path = path
        self.index = index
        self.message = message
    }

    /// Path and message.
    public var description: String { "\(path) has \(message)" }
}
