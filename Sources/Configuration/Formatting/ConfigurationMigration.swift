internal import YAML

/// Brings a configuration to the names that keys have today.
public struct ConfigurationMigration: Sendable, Hashable {
    /// Something that was done, or could not be.
    public struct Change: Sendable, Hashable {
        /// The line of the old key, from 1.
        public let line: Int
        /// What happened, in a sentence.
        public let message: String
        /// Whether it was done.
        public let isDone: Bool
    }

    /// The text with today's names; all else is as it was, comments included.
    public let text: String
    /// What was done, in the order of the file.
    public let changes: [Change]

    /// Migrates a text.
    /// - Parameters:
    ///   - bytes: the text in UTF-8.
    ///   - file: what the text is called in diagnostics.
    ///   - renames: what has changed.
    /// - Throws: `InvalidConfiguration` when the text is no YAML; other mistakes do not matter here.
    public init(
        utf8 bytes: [UInt8], file: String, renames: [KeyRename] = KeyRename.all
    ) throws(InvalidConfiguration) {
        let document = try PlainDocument.read(utf8: bytes, file: file)
        var walk = RenameWalk()
        for rename in renames {
            if let root = document.root { walk.visit(root, rename.path[...], rename) }
        }
        var characters = document.source.characters
        // From the end to the beginning, so that positions stay true.
        for edit in walk.edits.sorted(by: { $0.key > $1.key }).map({ $0.value }) {
            characters.replaceSubrange(edit.range.start.index..<edit.range.end.index, with: edit.name.unicodeScalars)
        }
        var result = String.UnicodeScalarView()
        result.append(contentsOf: characters)
        text = String(result)
        changes = walk.changes.sorted { $0.key < $1.key }.map { $0.value }
    }
}

/// Finds old keys; each once, however many aliases lead there.
private struct RenameWalk {
    private(set) var edits: [Int: (range: SourceRange, name: String)] = [:]
    private(set) var changes: [Int: ConfigurationMigration.Change] = [:]

    mutating func visit(_ node: Node, _ path: ArraySlice<String>, _ rename: KeyRename) {
        guard let step = path.first else { return apply(rename, to: node) }
        if step == "*" {
            for item in node.items ?? [] { visit(item, path.dropFirst(), rename) }
            for entry in node.entries ?? [] { visit(entry.value, path.dropFirst(), rename) }
        } else if let next = node[step] {
            visit(next, path.dropFirst(), rename)
        }
    }

    private mutating func apply(_ rename: KeyRename, to node: Node) {
        guard let entry = node.entries?.first(where: { $0.key == rename.old }) else { return }
        let start = entry.keyRange.start
        let isFree = node[rename.new] == nil
        let message =
            isFree
            ? "`\(rename.old)` is now `\(rename.new)`"
            : "`\(rename.old)` is now `\(rename.new)`, which is there as well; remove one of them"
        changes[start.index] = ConfigurationMigration.Change(line: start.line, message: message, isDone: isFree)
        if isFree { edits[start.index] = (entry.keyRange, rename.new) }
    }
}
