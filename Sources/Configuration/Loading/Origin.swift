/// Where a value of a configuration comes from.
public struct Origin: Sendable, Hashable {
    /// The kinds of places.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A file that the command line names, or that is in a folder it names.
        case file
        /// A file that another one includes.
        case include
        /// Standard input.
        case standardInput = "stdin"
        /// A variable of the environment whose name begins with `DUNNAGE__`.
        case environment = "env"
        /// A `--set` of the command line.
        case flag
        /// The program itself: nothing was written.
        case `default`
    }

    /// The kind of place.
    public let kind: Kind
    /// The file's path, the variable's name or the flag; empty for a default.
    public let name: String
    /// The line, from 1; absent where there are no lines.
    public let line: Int?
    /// The column in characters, from 1; absent where there are no lines.
    public let column: Int?
    /// What brought the value to where it holds: `defaults`, `jobs.photos` for `extends`, `filter_sets.junk`.
    public let through: String?

    init(_ kind: Kind, _ name: String, line: Int? = nil, column: Int? = nil, through: String? = nil) {
        self.kind = kind
        self.name = name
        self.line = line
        self.column = column
        self.through = through
    }

    /// The place in a few words: `dunnage.yaml:12`, `DUNNAGE__INSTANCE`, `--set instance`, `default`.
    public var place: String {
        if kind == .default { return kind.rawValue }
        return line.map { "\(name):\($0)" } ?? name
    }
}
