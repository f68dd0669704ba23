internal import Catalog
internal import Destinations
internal import StoreFormat
public import Support

/// The data volumes that a restore reads.
public struct NeededVolumes: Sendable, Hashable {
    /// A data volume.
    public struct Volume: Sendable, Hashable {
        /// The object's name.
        public let name: String
        /// Its bytes at the destination; nil when nobody told.
        public let size: Int64?
    }

    /// The time of the version.
    public let version: Timestamp
    /// The volumes, by name.
    public let volumes: [Volume]
    /// Blocks that no volume is known to have.
    public let lostBlocks: Int
}

extension RestoreRun {
    /// Which data volumes a restore of all that was asked for reads, if nothing of it is there already.
    ///
    /// Nothing is fetched but what the catalog needs.
    /// - Throws: `.noSuchVersion`, `.nothingSelected`, and what keeps the catalog from being read.
    public func neededVolumes() throws(EngineError) -> NeededVolumes {
        do {
            let (version, tree, _) = try layOut()
            return try volumes(of: makePlan(tree), version.time)
        } catch {
            throw EngineError(error, doing: "plan the restore")
        }
    }

    private func volumes(of plan: BlockPlan, _ version: Timestamp) throws -> NeededVolumes {
        let all = try session.catalog.read { reader in
            Dictionary(uniqueKeysWithValues: try reader.volumes().map { ($0.id, $0) })
        }
        let volumes = plan.volumes.compactMap { planned in
            all[planned.id].map { NeededVolumes.Volume(name: $0.name, size: $0.size < 0 ? nil : $0.size) }
        }
        return NeededVolumes(
            version: version, volumes: volumes.sorted { $0.name < $1.name },
            lostBlocks: Set(plan.lost.map(\.block)).count)
    }

    /// Makes sure that nothing that has to be read lies in an archive, before anything is made or fetched.
    ///
    /// Costs nothing where the listing shows no archived object.
    /// - Throws: `.archivedVolumes`.
    func refuseArchived() throws {
        let archived = Set(session.listing.dblocks.lazy.filter(\.isArchived).map(\.name.text))
        guard !archived.isEmpty else { return }
        var (version, tree, summary) = try layOut()
        try preparation(version).inspect(&tree, &summary)
        let needed = try volumes(of: makePlan(tree), version.time)
        let store = session.store
        let unreadable = try ArchivedObjects(
            store.destination, retry: store.retry, cancellation: store.cancellation, progress: store.progress
        ).unreadable(needed.volumes.map(\.name).filter { archived.contains($0) })
        guard !unreadable.isEmpty else { return }
        let names = Set(unreadable)
        throw EngineError.archivedVolumes(
            count: unreadable.count,
            bytes: needed.volumes.reduce(0) { $0 &+ (names.contains($1.name) ? max(0, $1.size ?? 0) : 0) },
            version: version.time, destination: store.destination.label)
    }
}
