internal import Glibc

/// A path or a pattern of paths that `include` names.
struct IncludePattern {
    /// As it is written.
    let text: String
    /// The absolute path that a relative pattern starts from.
    let folder: String

    /// Whether it names files by `*`, `?` or `[…]`; a pattern may match nothing, a path must be there.
    var hasWildcards: Bool { text.contains { "*?[".contains($0) } }

    /// The folder before the first wildcard, which must exist.
    var fixedFolder: String {
        let fixed = text.prefix { !"*?[".contains($0) }
        return absolute(fixed.lastIndex(of: "/").map { String(fixed[...$0]) } ?? "")
    }

    /// The absolute path of something that is named from the folder.
    func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : folder == "/" ? "/\(path)" : "\(folder)/\(path)"
    }

    /// The files that match, named as the pattern is (absolute or from the folder), in the order of their bytes; no
    /// folders, and no names that begin with a dot.
    func matches() -> [String] {
        let base = absolute("")
        let pattern = text.hasPrefix("/") ? text : Self.escaped(base) + text
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, 0, nil, &found) == 0, let paths = found.gl_pathv else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { index in
            guard let path = paths[index].map({ String(cString: $0) }),
                (try? FileIdentity(path))?.isFolder != true
            else { return nil }
            return text.hasPrefix("/") ? path : String(path.dropFirst(base.count))
        }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func escaped(_ path: String) -> String {
        path.map { "*?[\\".contains($0) ? "\\\($0)" : "\($0)" }.joined()
    }
}
