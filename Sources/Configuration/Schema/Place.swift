internal import YAML

/// Where in the tree a value stands.
struct Place {
    /// The keys that lead to it: `jobs.photos.sources[0].path`; empty at the top.
    var path = ""
    /// The same with `NAME` for what people name, and without numbers: `jobs.NAME.sources.path`.
    var pattern = ""
    /// The last of these keys.
    var key = ""
    /// Where that key is written; absent for list items and at the top.
    var keyRange: SourceRange?
    /// The aliases that lead to it.
    var aliases: [SourceRange] = []

    /// The path in words.
    var name: String { path.isEmpty ? "the top level" : path }

    /// The place of a key's value; `isNamed` when the key is a name that the user chose.
    func appending(_ entry: Node.Entry, isNamed: Bool = false) -> Place {
        let key = isNamed ? "NAME" : entry.key
        return Place(
            path: path.isEmpty ? entry.key : "\(path).\(entry.key)",
            pattern: pattern.isEmpty ? key : "\(pattern).\(key)",
            key: entry.key, keyRange: entry.keyRange, aliases: aliases + [entry.value.alias].compactMap { $0 })
    }

    /// The place of a list's item.
    func appending(_ index: Int, _ item: Node) -> Place {
        Place(
            path: "\(path)[\(index)]", pattern: pattern, key: key, keyRange: nil,
            aliases: aliases + [item.alias].compactMap { $0 })
    }
}
