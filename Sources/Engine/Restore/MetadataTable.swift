internal import Cryptography
internal import StoreFormat
internal import Synchronization

/// The metadata of the entries being restored, from when its blocks arrive until its last use.
final class MetadataTable: Sendable {
    private enum Value: Sendable {
        case unknown
        case partial([UInt8], blocksLeft: Int32)
        case known(Metadata)
        case failed
    }

    /// What can be said about an entry's metadata.
    enum Answer: Sendable {
        /// It has not arrived yet.
        case notYet
        /// Here it is.
        case known(Metadata)
        /// It is lost.
        case failed
    }

    private struct State {
        var values: [Value]
        /// How many entries have not taken theirs yet.
        var usesLeft: [Int32]
    }

    private let state: Mutex<State>
    private let plan: BlockPlan
    private let settings: StoreSettings
    private let object: String

    init(plan: BlockPlan, usesLeft: [Int32], settings: StoreSettings) {
        state = Mutex(State(values: [Value](repeating: .unknown, count: usesLeft.count), usesLeft: usesLeft))
        self.plan = plan
        self.settings = settings
        object = "metadata"
    }

    /// Takes a verified block of some metadata.
    func receive(_ bytes: UnsafeRawBufferPointer, index: Int32, position: Int32) {
        guard let whole = plan.metadataHashes[index] else {
            finish(index, Array(bytes))
            return
        }
        // A hostile list may claim any size.
        let largest = min(settings.maximumMetadataSize, 64 << 20)
        let complete: [UInt8]? = state.withLock { state in
            var (content, left) =
                if case .partial(let content, let left) = state.values[Int(index)] {
                    (content, left)
                } else {
                    ([UInt8](repeating: 0, count: Int(min(whole.size, Int64(largest)))), whole.count)
                }
            let start = Int(position) * settings.blockSize
            guard start + bytes.count <= content.count else {
                state.values[Int(index)] = .failed
                return nil
            }
            content.withUnsafeMutableBytes { all in
                UnsafeMutableRawBufferPointer(rebasing: all[start...]).copyMemory(from: bytes)
            }
            left -= 1
            state.values[Int(index)] = .partial(content, blocksLeft: left)
            return left == 0 ? content : nil
        }
        guard let complete else { return }
        if HashContext(settings.fileHash).hash(complete) == whole.hash {
            finish(index, complete)
        } else {
            fail(index)
        }
    }

    private func finish(_ index: Int32, _ bytes: [UInt8]) {
        do throws(StoreFormatError) {
            let metadata = try MetadataBlob.decode(bytes, object: object)
            state.withLock { $0.values[Int(index)] = .known(metadata) }
        } catch {
            fail(index)
        }
    }

    /// Some of it is lost.
    func fail(_ index: Int32) {
        state.withLock { $0.values[Int(index)] = .failed }
    }

    /// An entry's metadata; an answer other than `notYet` counts as the entry's use.
    func take(_ index: Int32) -> Answer {
        state.withLock { state in
            switch state.values[Int(index)] {
            case .unknown, .partial: return .notYet
            case .failed: return .failed
            case .known(let metadata):
                state.usesLeft[Int(index)] -= 1
                if state.usesLeft[Int(index)] <= 0 { state.values[Int(index)] = .failed }
                return .known(metadata)
            }
        }
    }
}
