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
        let kept = "\(path)\(mark)\(Timestamp.now().compact)"
        try FileTree.rename(path, to: kept)
        // It may hold what could not be folded in.
        if access(path + "-wal", F_OK) == 0 { try FileTree.rename(path + "-wal", to: kept + "-wal") }
        for old in all(beside: path).dropLast(mostKept) { remove(old) }
        return true
    }

    /// Has those beside a catalog forget versions that are no longer missed, and removes those that miss none.
    ///
    /// Such a version may be deleted on purpose from now on, and then a repair must not bring it back.
    /// - Throws: `CatalogError` when one cannot be read just now; one that is damaged is left to the repair.
    static func forget(_ found: Set<Timestamp>, beside path: String) throws {
        for kept in all(beside: path) {
            do {
                let catalog = try Catalog(path: kept)
                let missed = try catalog.write { writer in
                    let versions = try writer.reading { try $0.versions() }
                    let settled = versions.filter { found.contains($0.time) }
                    for version in settled { try writer.removeVersion(version.id) }
                    return versions.count - settled.count
                }
                if missed == 0 { remove(kept) }
            } catch CatalogError.damaged, CatalogError.inconsistent {
                // Whoever wants to have something from it tells of it.
            }
        }
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
            // What else begins so is a log of one, or one that was set aside.
            if name.hasPrefix(start), name.dropFirst(start.count).utf8.allSatisfy(isOfTime) { names.append(name) }
        }
        return names.sorted().map { "\(folder)/\($0)" }
    }

    /// Whether a byte may be part of a time as names have it: `20261121T031826Z`.
    private static func isOfTime(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || byte == UInt8(ascii: "T") || byte == UInt8(ascii: "Z")
    }

    /// Removes those beside a catalog.
    static func removeAll(beside path: String) {
        for old in all(beside: path) { remove(old) }
    }

    private static func remove(_ old: String) {
        for ending in ["", "-wal", "-shm"] { FileTree.remove(old + ending) }
    }
}
