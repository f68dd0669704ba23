/// What is to be saved from a damaged store, and where to.
public struct RecoverRequest: Sendable {
    /// Which version.
    public var version: VersionSelector
    /// What of it; nothing means everything.
    public var patterns: [FilterExpression]
    /// The folder that gets it, with whole paths below.
    public var target: String
    /// Whether filelists that are not encrypted are believed although other objects are encrypted.
    public var acceptsPlainLists: Bool
    /// Whether files that have lost a part are written, with zeros in its place and `.incomplete` behind their names.
    public var writesIncomplete: Bool

    /// A request; everything of the newest version unless told otherwise.
    public init(
        version: VersionSelector = .newest, patterns: [FilterExpression] = [], target: String,
        acceptsPlainLists: Bool = false, writesIncomplete: Bool = false
    ) {
        self.version = version
        self.patterns = patterns
        self.target = target
        self.acceptsPlainLists = acceptsPlainLists
        self.writesIncomplete = writesIncomplete
    }
}
