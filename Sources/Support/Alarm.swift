internal import Glibc

/// Wakes a thread that waits, at the latest after a time; what rings before it waits wakes it at once.
///
/// The time is counted by a clock that nobody can set.
public final class Alarm: @unchecked Sendable {
    // `isRung` is only touched with `lock` held; the pointers never change and are freed by the last owner.
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var isRung = false

    /// Nobody has rung yet.
    public init() {
        lock = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    /// Wakes who waits, or who will wait next.
    public func ring() {
        pthread_mutex_lock(lock)
        isRung = true
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(lock)
    }

    /// Waits until somebody rings, or that many milliseconds.
    public func wait(milliseconds: Int) {
        var end = timespec()
        clock_gettime(CLOCK_MONOTONIC, &end)
        let nanoseconds = end.tv_nsec + (milliseconds % 1000) * 1_000_000
        end.tv_sec += milliseconds / 1000 + nanoseconds / 1_000_000_000
        end.tv_nsec = nanoseconds % 1_000_000_000
        pthread_mutex_lock(lock)
        while !isRung, pthread_cond_timedwait(condition, lock, &end) == 0 {}
        isRung = false
        pthread_mutex_unlock(lock)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(lock)
        condition.deallocate()
        lock.deallocate()
    }
}
