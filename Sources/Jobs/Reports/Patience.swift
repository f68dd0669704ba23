internal import Glibc

/// Waiting on a thread that may block.
enum Patience {
    /// Blocks for a while.
    static func wait(_ duration: Duration) {
        let end = ContinuousClock.now + duration
        while true {
            let left = end - .now
            if left <= .zero { return }
            let (seconds, attoseconds) = left.components
            var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
            nanosleep(&time, nil)
        }
    }
}
