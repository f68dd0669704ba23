internal import Glibc
internal import Synchronization

/// How many bytes may move in a second, shared by all who hold it and changeable while they move.
///
/// Everybody pays for what they move after the fact and waits until the debt is paid, so that the sum over all is right
/// however many there are.
public final class BandwidthLimit: Sendable {
    fileprivate struct State {
        var bytesPerSecond: Int64?
        /// What may be moved at once; negative while somebody has to wait.
        var balance = 0.0
        var counted = ContinuousClock.now
    }

    private let state: Mutex<State>
    private let whole: BandwidthLimit?

    /// A limit in bytes per second, at least one; nil for none.
    public convenience init(bytesPerSecond: Int64? = nil) {
        self.init(bytesPerSecond: bytesPerSecond, within: nil)
    }

    /// A limit that has a share of another.
    /// - Parameters:
    ///   - bytesPerSecond: the rate, at least one; nil for none.
    ///   - whole: what moves here counts there too; nil for nothing.
    public init(bytesPerSecond: Int64? = nil, within whole: BandwidthLimit?) {
        state = Mutex(State(bytesPerSecond: bytesPerSecond.map { max(1, $0) }))
        self.whole = whole
    }

    /// Bytes per second, at least one; nil for no limit.
    ///
    /// Those who wait notice a change within a tenth of a second.
    public var bytesPerSecond: Int64? {
        get { state.withLock { $0.bytesPerSecond } }
        set {
            state.withLock { state in
                state.settle()
                // A debt of the old rate would keep a faster line waiting.
                state.balance = 0
                state.bytesPerSecond = newValue.map { max(1, $0) }
            }
        }
    }

    /// Counts bytes that have moved, and waits until the next may.
    /// - Parameters:
    ///   - bytes: how many.
    ///   - isCancelled: ends the wait at once when it says so.
    public func spend(_ bytes: Int, isCancelled: () -> Bool) {
        guard bytes > 0 else { return }
        count(bytes)
        wait(isCancelled)
    }

    private func count(_ bytes: Int) {
        whole?.count(bytes)
        state.withLock { state in
            state.settle()
            if state.bytesPerSecond != nil { state.balance -= Double(bytes) }
        }
    }

    private func wait(_ isCancelled: () -> Bool) {
        while !isCancelled() {
            let wait = state.withLock { state -> Double in
                state.settle()
                guard let rate = state.bytesPerSecond, state.balance < 0 else { return 0 }
                return -state.balance / Double(rate)
            }
            if wait <= 0 { break }
            usleep(UInt32(min(max(wait, 0.001), 0.1) * 1_000_000))
        }
        // Its debt has been paid off meanwhile, as far as this one's own rate is the lower one.
        whole?.wait(isCancelled)
    }

    /// The most bytes that should move in one piece, so that a slow line moves evenly.
    public var largestStep: Int {
        let own = bytesPerSecond.map { Int(clamping: max(1024, min($0 / 10, 1 << 20))) } ?? .max
        return min(own, whole?.largestStep ?? .max)
    }
}

extension BandwidthLimit.State {
    /// Adds what the time since the last count allows; a pause saves up a tenth of a second at most.
    fileprivate mutating func settle() {
        let now = ContinuousClock.now
        defer { counted = now }
        guard let rate = bytesPerSecond else {
            balance = 0
            return
        }
        let (seconds, attoseconds) = (now - counted).components
        let elapsed = Double(seconds) + Double(attoseconds) / 1e18
        balance = min(balance + elapsed * Double(rate), Double(rate) / 10)
    }
}
