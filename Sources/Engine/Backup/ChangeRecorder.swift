internal import Catalog
internal import Support

/// Tells the catalog of one backup what the stages found.
struct ChangeRecorder {
    let context: BackupContext
    /// The number of the version that the changes belong to.
    let version: Int64

    /// Records until the stages have ended.
    ///
    /// What is committed in portions, each after a volume that is safe at the destination, is what an interrupted run
    /// leaves to the next one.
    func run() throws {
        var isRecorded = false
        while !isRecorded { isRecorded = try context.catalog.write { try recordPortion($0) } }
    }

    /// Takes in what the stages found, until they have ended or a portion is worth keeping.
    /// - Returns: whether the stages have ended.
    private func recordPortion(_ writer: borrowing CatalogWriter) throws -> Bool {
        let begun = ContinuousClock.now
        while let changes = context.queues.changes.pop() {
            var hasVolume = false
            for change in changes {
                switch change {
                case .addFolder(let id, let path):
                    try path.withUnsafeBytes { try writer.addFolder(id, path: $0) }
                case .open(let entry, let folder, let replaces):
                    if replaces { try writer.close(entry.name, in: folder, until: version) }
                    try writer.open(entry, in: folder, since: version)
                case .close(let name, let folder):
                    try writer.close(name, in: folder, until: version)
                case .touch(let name, let folder, let modified, let changed):
                    try writer.touch(name, in: folder, modified: modified, changed: changed)
                case .content(let content):
                    try writer.add(content)
                case .volumes(let volumes, let blocks):
                    hasVolume = true
                    try record(volumes, blocks, writer)
                }
            }
            if hasVolume, ContinuousClock.now - begun >= context.request.options.commitInterval { return false }
        }
        return true
    }

    private func record(
        _ volumes: [CatalogVolume], _ blocks: [CatalogBlock], _ writer: borrowing CatalogWriter
    ) throws {
        for volume in volumes { try writer.put(volume) }
        for block in blocks { try writer.add(block) }
        for dblock in volumes where dblock.kind == .dblock {
            for dindex in volumes where dindex.kind == .dindex {
                try writer.addDescription(of: dblock.id, in: dindex.id)
            }
        }
    }
}
