internal import Catalog
internal import Cryptography

/// Where blocks are, besides the volumes in which they were looked for in vain.
struct OtherHomes {
    /// By block, a volume that has it and was not tried.
    private(set) var homes: [Int64: Int64] = [:]

    /// Looks for blocks in the volumes that hold a copy, and for blocks of the same hash that were stored again later.
    init(_ reader: borrowing CatalogReader, tried: [Int64: Set<Int64>]) throws {
        var homes: [Int64: Int64] = [:]
        try reader.forEachDuplicate { block, volume in
            guard let seen = tried[block], !seen.contains(volume), homes[block] == nil else { return }
            homes[block] = volume
        }
        let contents = try reader.contents()
        var wanted: [Digest: [Int64]] = [:]
        for (block, seen) in tried where homes[block] == nil && block != 0 {
            let known = try contents.block(block)
            // The catalog's own answer counts too, where only a copy was tried.
            if known.volume != 0, !seen.contains(known.volume) {
                homes[block] = known.volume
            } else {
                wanted[known.digest, default: []].append(block)
            }
        }
        if !wanted.isEmpty {
            try reader.forEachBlock { _, hash, _, volume in
                guard volume != 0, let digest = Digest(hash), let blocks = wanted[digest] else { return }
                for block in blocks where tried[block]?.contains(volume) == false { homes[block] = volume }
            }
        }
        self.homes = homes
    }
}
