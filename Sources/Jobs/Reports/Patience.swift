internal import Glibc

/// Waiting on a thread that may block.
public enum Patience {
    /// Blocks for a while.
    public static func wait(_ duration: Duration) {
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
