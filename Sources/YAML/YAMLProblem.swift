/// Something wrong with a document, at a place.
public struct YAMLProblem: Error, Sendable, Hashable {
    /// What went wrong.
    public enum Kind: Sendable, Hashable {
        /// The text breaks YAML's grammar.
        case syntax
        /// A key stands twice in a mapping; `first` is where it stood before.
        case duplicateKey(first: Mark)
        /// A second document begins.
        case severalDocuments
        /// An alias or a merge key does not fit.
        case alias
        /// The document is too big, too deep, or grows too much by its aliases.
        case limit
        /// A tag that the core schema lacks, or that does not fit its value.
        case tag
    }

    /// What went wrong.
    public let kind: Kind
    /// One sentence.
    public let message: String
    /// Where.
    public let range: SourceRange
    /// More about the place.
    public let notes: [String]
    /// What to do about it.
    public let help: [String]

    init(_ kind: Kind, _ message: String, at range: SourceRange, notes: [String] = [], help: [String] = []) {
        self.kind = kind
        self.message = message
        self.range = range
        self.notes = notes
        self.help = help
    }
}
