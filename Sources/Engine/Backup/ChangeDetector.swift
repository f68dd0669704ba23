internal import Catalog
internal import StoreFormat
internal import Support

/// Takes what the walk brings, and sends on what may have changed for any of the backups.
///
/// An entry whose size, modification time and inode change time are all as recorded is unchanged: it costs no system
/// call beyond the walk's and no write. One thread, within one read of each catalog.
final class ChangeDetector {
    private let output: CaptureStreams
    private let comparisons: [CatalogComparison]
    private var sources: [[UInt8]: [FolderListing]] = [:]

    /// A batch has at most about this many candidates, and ends early at this many bytes of files.
    private static let batchCount = 64
    private static let batchBytes: Int64 = 4 << 20

    /// - Parameters:
    ///   - comparisons: one for each backup.
    ///   - output: the queues to send to.
    private init(_ comparisons: [CatalogComparison], output: CaptureStreams) {
        self.comparisons = comparisons
        self.output = output
    }

    /// Calls `body` with a detector for all backups of a reading whose catalogs can be read; the others have failed.
    static func with(_ reading: CaptureReading, _ body: (ChangeDetector) throws -> Void) throws {
        try open(reading, []) { try body(ChangeDetector($0, output: reading.streams)) }
    }

    /// Opens one catalog after the other, each within the read of the one before.
    private static func open(
        _ reading: CaptureReading, from place: Int = 0, _ opened: [CatalogComparison],
        _ body: ([CatalogComparison]) throws -> Void
    ) throws {
        guard place < reading.targets.count else { return try body(opened) }
        let context = reading.targets[place]
        var isOpen = false
        do {
            try context.catalog.read { reader in
                let comparison = try CatalogComparison(reader, context, target: place)
                isOpen = true
                try open(reading, from: place + 1, opened + [comparison], body)
            }
        } catch {
            // What happened later is not this catalog's affair.
            if isOpen { throw error }
            context.pipeline.fail(error)
            try open(reading, from: place + 1, opened, body)
        }
    }

    /// Sends streams to their reader; to be called before the first listing of the walk, which does not bring them.
    func send(_ sources: [StreamSource], to reader: BoundedQueue<StreamJob>) throws {
        for source in sources {
            let listing = source.listing()
            let candidates = comparisons.compactMap { $0.candidate(source, at: listing.path) }
            guard !candidates.isEmpty else { continue }
            let batch = FolderBatch(listing: listing, candidates: candidates)
            guard reader.push(StreamJob(source: source, batch: batch)) else { throw EngineError.cancelled }
        }
        for comparison in comparisons { comparison.flush() }
    }

    /// Takes the next listing of the walk.
    func examine(_ listing: FolderListing) throws {
        // Sources in the same folder come one by one, but what that folder had before is compared once.
        if listing.isSource {
            sources[listing.path, default: []].append(listing)
        } else {
            try compare(listing.path, [listing])
        }
    }

    /// Ends the comparison: what the walk has not met is gone, unless it was stopped before its end.
    func finish(isPartial: Bool = false) throws {
        for (path, listings) in sources {
            let inOrder = listings.sorted { a, b in
                a.names.lexicographicallyPrecedes(b.names)
            }
            try compare(path, inOrder, isPartial: isPartial)
        }
        for comparison in comparisons { comparison.finish(isPartial: isPartial) }
    }

    private func compare(_ path: [UInt8], _ listings: [FolderListing], isPartial: Bool = false) throws {
        for comparison in comparisons { comparison.begin(path) }
        for listing in listings { try merge(listing, keepsOthers: isPartial || listing.isIncomplete) }
        // What a half-read folder did not show may well be there: it stays as it is.
        guard !isPartial, !listings.contains(where: \.isIncomplete) else { return }
        for comparison in comparisons { comparison.removeOthers() }
    }

    /// Steps through the listing and the known entries, all sorted by the bytes of the names.
    private func merge(_ listing: FolderListing, keepsOthers: Bool) throws {
        var candidates: [Candidate] = []
        var bytes: Int64 = 0
        for (number, entry) in listing.entries.enumerated() {
            let name = listing.name(of: entry)
            let before = candidates.count
            for comparison in comparisons {
                if let candidate = comparison.candidate(number, entry, name, keepsOthers: keepsOthers) {
                    candidates.append(candidate)
                }
            }
            guard candidates.count > before else { continue }
            if entry.kind == .file, entry.size > output.largeFileSize {
                try send(large: Array(candidates[before...]), listing)
                candidates.removeSubrange(before...)
                continue
            }
            bytes += entry.kind == .file ? entry.size : 0
            if candidates.count >= Self.batchCount || bytes >= Self.batchBytes {
                try send(candidates, listing)
                candidates.removeAll()
                bytes = 0
            }
        }
        if !candidates.isEmpty { try send(candidates, listing) }
    }

    private func send(_ candidates: [Candidate], _ listing: FolderListing) throws {
        guard output.work.push(.folder(FolderBatch(listing: listing, candidates: candidates))) else {
            throw EngineError.cancelled
        }
    }

    private func send(large candidates: [Candidate], _ listing: FolderListing) throws {
        guard output.largeFiles.push(FolderBatch(listing: listing, candidates: candidates)) else {
            throw EngineError.cancelled
        }
    }
}
