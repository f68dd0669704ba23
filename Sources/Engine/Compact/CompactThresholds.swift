/// Decides which data volumes are worth rewriting, as Duplicati does.
struct CompactThresholds: Sendable, Hashable {
    /// What is known of one data volume.
    struct Volume: Sendable, Hashable {
        /// Bytes of blocks that are needed, unpacked.
        var used: Int64
        /// Bytes of other blocks, unpacked.
        var wasted: Int64
        /// Bytes at the destination.
        var size: Int64

        var data: Int64 { used + wasted }
    }

    /// What is to be done with which volumes, by their positions.
    struct Decision: Sendable, Hashable {
        /// Nothing in them is needed.
        var deletable: [Int] = []
        /// Much of them is not needed.
        var wasteful: [Int] = []
        /// Their objects are small.
        var small: [Int] = []
        /// Whether the wasteful and the small ones are to be rewritten.
        var isRewriteDue = false
    }

    /// Percent of a volume, and of all of them, that may be waste.
    let threshold: Int
    /// Bytes up to which an object is small.
    let smallFileSize: Int64
    /// Small objects that may stay.
    let smallFileMaxCount: Int
    /// Bytes that a volume has at most.
    let volumeSize: Int64

    /// The thresholds of some options, for a store whose largest data volume has `largest` bytes.
    ///
    /// No volume of more than half the full size counts as small: two of them would not fit into one.
    init(_ options: CompactOptions, largest: Int64) {
        threshold = options.threshold
        volumeSize = options.volumeSize ?? max(largest, 1 << 20)
        smallFileSize = min(options.smallFileSize ?? volumeSize / 5, volumeSize / 2)
        smallFileMaxCount = options.smallFileMaxCount
    }

    /// Decides.
    func decide(_ volumes: [Volume]) -> Decision {
        var decision = Decision()
        var wastedOfWasteful: Int64 = 0
        var data: Int64 = 0
        var small: Int64 = 0
        for (position, volume) in volumes.enumerated() {
            data += volume.data
            guard volume.used > 0 else {
                decision.deletable.append(position)
                continue
            }
            if exceeds(volume.wasted, of: volume.data) || exceeds(volume.wasted, of: volumeSize) {
                decision.wasteful.append(position)
                wastedOfWasteful += volume.wasted
            }
            if volume.size <= smallFileSize {
                decision.small.append(position)
                small += volume.size
            }
        }
        decision.isRewriteDue =
            (decision.wasteful.count >= 2 && exceeds(wastedOfWasteful, of: data))
            || areSmallTooMany(count: decision.small.count, size: small)
        return decision
    }

    /// Whether small objects alone are reason enough.
    func areSmallTooMany(count: Int, size: Int64) -> Bool {
        size > volumeSize || count > smallFileMaxCount
    }

    private func exceeds(_ part: Int64, of whole: Int64) -> Bool {
        whole > 0 && Double(part) / Double(whole) * 100 >= Double(threshold)
    }
}
