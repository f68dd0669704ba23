internal import Synchronization

/// Blocks of long files that came before their turn to be hashed, so that they need not be read back from the file.
///
/// With several threads a block often overtakes the one before it. A few places are enough for that; what waits longer
/// makes room and is read back in its turn.
final class EarlyBlocks: Sendable {
    /// `@unchecked Sendable`: belongs to the list of places, or to the one thread that has taken it out.
    private final class Place: @unchecked Sendable {
        var file: Int32 = -1
        var position: Int32 = -1
        var count = 0
        let room: UnsafeMutableRawBufferPointer

        init(size: Int) { room = .allocate(byteCount: size, alignment: 64) }
        deinit { room.deallocate() }
    }

    /// The places that are used, the oldest first, and those that are not.
    private struct Places {
        var taken: [Place] = []
        var free: [Place] = []
    }

    private let places = Mutex(Places())
    private let limit: Int
    private let blockSize: Int

    /// - Parameters:
    ///   - limit: how many blocks it may hold.
    ///   - blockSize: what a block has at most, in bytes.
    init(limit: Int, blockSize: Int) {
        self.limit = limit
        self.blockSize = blockSize
    }

    /// Keeps a copy of a block.
    func keep(_ bytes: UnsafeRawBufferPointer, of file: Int32, at position: Int32) {
        let place: Place? = places.withLock { places in
            if let free = places.free.popLast() { return free }
            return places.taken.count < limit ? Place(size: blockSize) : places.taken.removeFirst()
        }
        guard let place, bytes.count <= place.room.count else { return }
        place.room.copyMemory(from: bytes)
        (place.file, place.position, place.count) = (file, position, bytes.count)
        places.withLock { $0.taken.append(place) }
    }

    /// Hands a block to `body` and forgets it; false when it is not here.
    func take(_ file: Int32, _ position: Int32, _ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
        let place: Place? = places.withLock { places in
            guard let index = places.taken.firstIndex(where: { $0.file == file && $0.position == position }) else {
                return nil
            }
            return places.taken.remove(at: index)
        }
        guard let place else { return false }
        body(UnsafeRawBufferPointer(rebasing: place.room[..<place.count]))
        places.withLock { $0.free.append(place) }
        return true
    }
}
