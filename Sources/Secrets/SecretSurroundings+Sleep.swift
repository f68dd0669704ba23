internal import Glibc

extension SecretSurroundings {
    /// Blocks the calling thread.
    static let sleep: @Sendable (Duration) -> Void = { duration in
        let (seconds, attoseconds) = duration.components
        var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        var rest = timespec()
        while nanosleep(&time, &rest) != 0, errno == EINTR { time = rest }
    }
}
