internal import Catalog
internal import Glibc
internal import Support

/// Catalogs that know versions which the destination has no more, kept beside the one in use.
///
/// A filelist that is gone may have been removed on purpose, so nothing but a repair looks at them.
enum KeptCatalog {
    /// Every one may be as large as the catalog itself.
    private static let mostKept = 2
    private static let mark = ".before-"

    /// The catalog's property with the Unix time at which versions were missed for the first time.
    static let missedProperty = "versions_missed"

    /// Keeps the catalog at `path`, which is about to be replaced, if it knows versions that its replacement does not.
    /// - Returns: whether it does.
    static func keep(
        _ path: String, versions: [CatalogVersion], lostIn built: Set<Timestamp>, _ problems: ProblemLog
    ) throws -> Bool {
        let lost = versions.filter { !built.contains($0.time) }
        guard !lost.isEmpty, access(path, F_OK) == 0 else { return false }
        for version in lost {
            problems.add(
                Problem(
                    .remoteObject, "the version of \(version.time)",
                    "cannot be had from the destination any more; unless somebody deleted it on purpose, "
                        + "`dunnage repair` writes it again"))
        }
        try FileTree.rename(path, to: "\(path)\(mark)\(Timestamp.now().compact)")
        for old in all(beside: path).dropLast(mostKept) { FileTree.remove(old) }
        return true
    }

    /// Those beside a catalog, the oldest first.
    static func all(beside path: String) -> [String] {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let folder = String(path[..<slash])
        let start = String(path[slash...].dropFirst()) + mark
        guard let stream = opendir(folder.isEmpty ? "/" : folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 1) { String(cString: $0) }
            }
            if name.hasPrefix(start), !name.hasSuffix("-wal"), !name.hasSuffix("-shm") { names.append(name) }
        }
        return names.sorted().map { "\(folder)/\($0)" }
    }

    /// Removes those beside a catalog.
    static func removeAll(beside path: String) {
        for old in all(beside: path) {
            for ending in ["", "-wal", "-shm"] { FileTree.remove(old + ending) }
        }
    }
}
