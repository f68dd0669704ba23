/// Files that stand in for those of another folder: a revision that was written to a folder of its own.
///
/// Relative paths in them, and what diagnostics call them, are those of the folder that they stand for.
public struct FilePlacement: Sendable, Hashable {
    /// The absolute path of the folder that the files are in.
    public let actual: String
    /// The absolute path of the folder that they stand for.
    public let meant: String

    /// Files below `actual` stand for those below `meant`; both are absolute, without a slash at the end.
    public init(_ actual: String, standingFor meant: String) {
        self.actual = actual
        self.meant = meant
    }

    /// What a path stands for.
    func meant(_ path: String) -> String { Self.move(path, from: actual, to: meant) }

    /// Where that is found which a path means.
    func actual(_ path: String) -> String { Self.move(path, from: meant, to: actual) }

    private static func move(_ path: String, from: String, to: String) -> String {
        if path == from { return to }
        let root = from == "/" ? "/" : "\(from)/"
        guard path.hasPrefix(root) else { return path }
        return to == "/" ? "/\(path.dropFirst(root.count))" : "\(to)/\(path.dropFirst(root.count))"
    }
}
