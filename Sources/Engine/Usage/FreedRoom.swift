internal import Catalog
internal import StoreFormat

/// How much room the deletion of versions gives back.
public enum FreedRoom {
    /// What compaction gives back in the end when versions are gone: their filelists, and their share of data volumes.
    ///
    /// Blocks of a volume are taken to be packed equally well, so that it is an estimate. Nothing is changed.
    /// - Parameters:
    ///   - leaving: the numbers of the versions that go.
    ///   - session: the store.
    /// - Returns: bytes at the destination.
    /// - Throws: what keeps the catalog from being read.
    public static func bytes(deleting leaving: Set<Int64>, from session: StoreSession) throws(EngineError) -> Int64 {
        do {
            return try session.catalog.read { reader in
                let versions = try reader.versions()
                let kept = versions.map(\.id).filter { !leaving.contains($0) }
                let now = try BlockUsage(reader).volumes
                let later = try BlockUsage(reader, ofVersions: kept).volumes
                let lists = Set(versions.filter { leaving.contains($0.id) }.map(\.volume))
                return try reader.volumes().reduce(0) { sum, volume in
                    let size = max(0, volume.size)
                    if lists.contains(volume.id) { return sum + size }
                    guard let before = now[volume.id], before.bytes > 0 else { return sum }
                    let freed = before.usedBytes - (later[volume.id]?.usedBytes ?? 0)
                    return sum + Int64(Double(size) * (Double(freed) / Double(before.bytes)))
                }
            }
        } catch {
            throw EngineError(error, doing: "read the catalog \(session.catalog.path)")
        }
    }
}
