internal import Catalog
internal import Cryptography
internal import StoreFormat

/// Finds out, to the byte, what of a version's entries no object has any more.
struct LossFinder {
    private let settings: StoreSettings
    private let culprits: [Digest: String]
    /// Blocks that no volume has.
    private var lost: [Int64: Digest] = [:]

    init(_ reader: borrowing CatalogReader, settings: StoreSettings, culprits: [Digest: String]) throws {
        self.settings = settings
        self.culprits = culprits
        try reader.forEachBlock { id, hash, _, volume in
            if volume == 0, let digest = Digest(hash) { lost[id] = digest }
        }
    }

    /// What is lost of the entries that `patterns` mean, by path.
    func losses(
        _ reader: borrowing CatalogReader, version: Int64, patterns: [FilterExpression]
    ) throws -> [RecoverSummary.Loss] {
        var losses: [RecoverSummary.Loss] = []
        var matcher = EntryMatcher(patterns)
        let lookup = try reader.contents()
        try reader.forEachEntry(of: version) { folder, entry in
            guard matcher.selects(folder, entry) else { return }
            var missing = try ranges(entry.data, size: entry.size, lookup)
            var reason = missing.reason
            if entry.kind == .file, entry.size > 0, entry.data == .nothing {
                missing.ranges = [0..<entry.size]
                reason = "the list of files does not say where its content is"
            }
            if missing.ranges.isEmpty {
                reason = try metadataReason(entry.metadata, lookup)
                guard reason != nil else { return }
            }
            let path = EntryPath.join(folder, entry.name, isFolder: entry.kind == .folder)
            losses.append(
                RecoverSummary.Loss(
                    path: String(decoding: path, as: UTF8.self), size: entry.size, ranges: missing.ranges,
                    reason: reason ?? "no object has it"))
        }
        return losses
    }

    private func ranges(
        _ data: ContentReference, size: Int64, _ lookup: ContentLookup
    ) throws -> (ranges: [Range<Int64>], reason: String?) {
        switch data {
        case .nothing: return ([], nil)
        case .block(let id): return lost[id] == nil ? ([], nil) : ([0..<size], reason(id))
        case .content(let id):
            let content = try lookup.content(id)
            var ranges: [Range<Int64>] = []
            var first: String?
            var offset: Int64 = 0
            func lose(_ count: Int64, _ why: String) {
                guard offset < size else { return }
                first = first ?? why
                let end = min(size, offset + count)
                if let last = ranges.last, last.upperBound == offset {
                    ranges[ranges.count - 1] = last.lowerBound..<end
                } else {
                    ranges.append(offset..<end)
                }
            }
            let blockSize = Int64(settings.blockSize)
            for list in content.lists {
                guard !list.blocks.isEmpty else {
                    let span = Int64(settings.hashesPerBlocklist) * blockSize
                    lose(span, reason(list.listBlock))
                    offset += span
                    continue
                }
                for block in list.blocks {
                    if lost[block] != nil { lose(blockSize, reason(block)) }
                    offset += blockSize
                }
            }
            if offset < size {
                lose(size - offset, "the list of its blocks is lost")
            }
            return (ranges, first)
        }
    }

    private func metadataReason(_ metadata: ContentReference, _ lookup: ContentLookup) throws -> String? {
        switch metadata {
        case .nothing: return nil
        case .block(let id): return lost[id] == nil ? nil : reason(id)
        case .content(let id):
            for list in try lookup.content(id).lists {
                if list.blocks.isEmpty { return reason(list.listBlock) }
                if let block = list.blocks.first(where: { lost[$0] != nil }) { return reason(block) }
            }
            return nil
        }
    }

    /// Why a block is lost.
    private func reason(_ block: Int64) -> String {
        lost[block].flatMap { culprits[$0] } ?? "no object has it"
    }
}
