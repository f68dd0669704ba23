internal import CPosix
internal import Glibc
internal import Synchronization

/// Whether long files go to the disk past the kernel's cache.
///
/// Copying a large file to the cache takes as much time as unpacking it, and drives out of memory what the machine is
/// working with, for something that is rarely read again soon. But past the cache a write waits for the disk: that pays
/// only where the disk is faster than the unpacking. So the time of the writes is taken, and the first slow ones give
/// the rest of the restore back to the cache.
final class DirectWriting: Sendable {
    /// Files of fewer bytes are left to the cache: they may well be opened next.
    static let leastSize: Int64 = 64 << 20
    /// What addresses, offsets and lengths must be multiples of; no disk wants more.
    static let alignment = 4096

    /// Bytes per second below which waiting costs more than copying.
    private static let leastRate = 500.0e6
    /// How many bytes are timed together.
    private static let window = 16 << 20

    private struct State {
        var bytes = 0
        var seconds = 0.0
    }

    private let on = Atomic<Bool>(true)
    private let state = Mutex(State())

    /// Whether it is worthwhile, as far as known.
    var isOn: Bool { on.load(ordering: .relaxed) }

    /// Goes without for the rest.
    func turnOff() { on.store(false, ordering: .relaxed) }

    /// Learns what a write has taken.
    func wrote(_ count: Int, in seconds: Double) {
        state.withLock { state in
            state.bytes += count
            state.seconds += seconds
            guard state.bytes >= Self.window else { return }
            if Double(state.bytes) < Self.leastRate * state.seconds { turnOff() }
            state = State()
        }
    }

    /// The seconds of a clock that nobody sets.
    static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Sets whether the writes of an open file pass the cache; false where its file system has no such thing.
    static func set(_ isDirect: Bool, _ descriptor: Int32) -> Bool {
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0 else { return false }
        return fcntl(descriptor, F_SETFL, isDirect ? flags | CPOSIX_O_DIRECT : flags & ~CPOSIX_O_DIRECT) == 0
    }
}
