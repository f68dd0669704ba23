internal import Glibc
internal import Listening
internal import Support
internal import Synchronization

/// Keeps whoever has tried wrong tokens waiting, longer each time; remembers a bounded number of peers.
final class LoginLimit: Sendable {
    private struct Record {
        var failures = 0
        var blockedUntil: ContinuousClock.Instant?
        var last: ContinuousClock.Instant
    }

    /// How many wrong tokens are free.
    let allowance: Int
    private let longest: Int
    private let capacity: Int
    private let now: @Sendable () -> ContinuousClock.Instant
    private let records = Mutex<[String: Record]>([:])

    /// - Parameters:
    ///   - allowance: how many wrong tokens are free.
    ///   - longest: the longest wait in seconds.
    ///   - capacity: how many peers are remembered.
    ///   - now: the clock.
    init(
        allowance: Int = 5, longest: Int = 60, capacity: Int = 1024,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.allowance = allowance
        self.longest = longest
        self.capacity = capacity
        self.now = now
    }

    /// How many peers are remembered.
    var count: Int { records.withLock { $0.count } }

    /// How many seconds a peer still has to wait; nil when it has not.
    func wait(_ peer: Peer) -> Int? {
        let now = now()
        return records.withLock { records in
            guard let end = records[Self.key(peer)]?.blockedUntil, end > now else { return nil }
            return max(1, Int((end - now).components.seconds) + 1)
        }
    }

    /// Counts a wrong token.
    /// - Returns: whether the peer has to wait from now on.
    func fail(_ peer: Peer) -> Bool {
        let now = now()
        let key = Self.key(peer)
        return records.withLock { records in
            var record = records[key] ?? Record(last: now)
            // Who has been quiet for an hour begins anew.
            if now - record.last > .seconds(3600) { record.failures = 0 }
            record.failures += 1
            record.last = now
            let excess = record.failures - allowance
            if excess >= 0 { record.blockedUntil = now + .seconds(min(longest, 1 << min(excess, 16))) }
            if records[key] == nil, records.count >= capacity,
                let oldest = records.min(by: { $0.value.last < $1.value.last })?.key
            {
                records[oldest] = nil
            }
            records[key] = record
            return excess >= 0
        }
    }

    /// Forgets the wrong tokens of a peer that has a right one.
    func succeed(_ peer: Peer) {
        records.withLock { records in
            guard !records.isEmpty else { return }
            records[Self.key(peer)] = nil
        }
    }

    /// An address of IPv4, or the network that an address of IPv6 belongs to: one customer has all of it.
    private static func key(_ peer: Peer) -> String {
        switch peer {
        case .process(let user, _, _): return "user \(user)"
        case .network(let address, _):
            let plain = String(address.prefix { $0 != "%" })
            var bytes = in6_addr()
            guard inet_pton(AF_INET6, plain, &bytes) == 1 else { return address }
            return withUnsafeBytes(of: &bytes) { Hex.encode(Array($0.prefix(8))) }
        }
    }
}
