internal import Cryptography
internal import StoreFormat
internal import Synchronization

/// Where the metadata of entries waits for its entry, or an entry for its metadata: mostly neither, for both are
/// neighbours in the store.
final class MetadataTable: Sendable {
    /// What can be said about an entry's metadata.
    enum Answer {
        /// It has not arrived yet.
        case notYet
        /// Here it is.
        case known([UInt8])
        /// It is lost.
        case failed
    }

    private struct State {
        var arrived: [Int32: [UInt8]] = [:]
        var partial: [Int32: (content: [UInt8], blocksLeft: Int32)] = [:]
        var failed: Set<Int32> = []
        /// Entries that are complete but for their metadata.
        var waiting: Set<Int32> = []
    }

    private let state = Mutex(State())
    private let plan: BlockPlan
    private let settings: StoreSettings

    init(plan: BlockPlan, settings: StoreSettings) {
        self.plan = plan
        self.settings = settings
    }

    /// Takes a verified block of an entry's metadata.
    /// - Returns: all of the metadata, if the entry has been waiting for just this.
    func receive(_ bytes: UnsafeRawBufferPointer, entry: Int32, position: Int32) -> [UInt8]? {
        guard let whole = plan.longContent(~entry) else { return deliver(entry, Array(bytes)) }
        // A hostile list may claim any size.
        let largest = min(settings.maximumMetadataSize, 64 << 20)
        let complete: [UInt8]? = state.withLock { state in
            var (content, left) =
                state.partial[entry]
                ?? ([UInt8](repeating: 0, count: Int(min(whole.size, Int64(largest)))), whole.count)
            let start = Int(position) * settings.blockSize
            guard start + bytes.count <= content.count else {
                state.failed.insert(entry)
                return nil
            }
            content.withUnsafeMutableBytes { all in
                UnsafeMutableRawBufferPointer(rebasing: all[start...]).copyMemory(from: bytes)
            }
            left -= 1
            state.partial[entry] = left == 0 ? nil : (content, left)
            return left == 0 ? content : nil
        }
        guard let complete else { return nil }
        if HashContext(settings.fileHash).hash(complete) == whole.hash { return deliver(entry, complete) }
        fail(entry)
        return nil
    }

    private func deliver(_ entry: Int32, _ bytes: [UInt8]) -> [UInt8]? {
        state.withLock { state in
            if state.waiting.remove(entry) != nil { return bytes }
            state.arrived[entry] = bytes
            return nil
        }
    }

    /// Some of it is lost.
    func fail(_ entry: Int32) {
        state.withLock { _ = $0.failed.insert(entry) }
    }

    /// An entry's metadata, which is given once; with `waits` it is delivered later if it has not arrived.
    func take(_ entry: Int32, waits: Bool = false) -> Answer {
        state.withLock { state in
            if let bytes = state.arrived.removeValue(forKey: entry) { return .known(bytes) }
            if state.failed.contains(entry) { return .failed }
            if waits { state.waiting.insert(entry) }
            return .notYet
        }
    }

    /// Entries whose metadata never came.
    var waiting: [Int32] { state.withLock { $0.waiting.sorted() } }
}
