internal import Glibc
public import Transport

/// Waiting on a thread that may block.
public enum Pause {
    /// Blocks for a while; returns early when the flag is raised or the task that the thread works for is cancelled.
    public static func pass(_ duration: Duration, unless cancellation: CancellationFlag?) {
        let end = ContinuousClock.now + duration
        while !Task.isCancelled, cancellation?.isCancelled != true {
            let left = end - .now
            if left <= .zero { return }
            let (seconds, attoseconds) = min(left, .milliseconds(200)).components
            var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
            nanosleep(&time, nil)
        }
    }
}
