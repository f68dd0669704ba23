public import Destinations
public import Support

/// Objects that have to be readable, some of which may lie in an archive.
///
/// What was ordered and what has come is known to the destination alone: whoever asks again, on whatever machine, goes
/// on where the last one ended.
public struct ThawOrder: Sendable {
    /// An object, and where it stands.
    public struct Item: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// Its bytes; nil when nobody tells.
        public let size: Int64?
        /// Whether it can be read.
        public let state: ThawState
    }

    private let destination: any Destination
    private let sizes: [String: Int64?]
    private let names: [String]
    private let progress: RunProgress
    private let cancellation: Cancellation
    private let retry: RetryPolicy

    /// An order, not yet given.
    /// - Parameters:
    ///   - objects: the names and sizes of what has to be readable.
    ///   - destination: where it is.
    ///   - progress: is counted into.
    ///   - cancellation: ends it early.
    ///   - retry: what to do about failures that may pass.
    public init(
        _ objects: [(name: String, size: Int64?)], at destination: any Destination,
        progress: RunProgress = RunProgress(), cancellation: Cancellation = Cancellation(),
        retry: RetryPolicy = RetryPolicy()
    ) {
        self.destination = destination
        names = objects.map(\.name)
        sizes = Dictionary(objects.map { ($0.name, $0.size) }) { first, _ in first }
        self.progress = progress
        self.cancellation = cancellation
        self.retry = retry
    }

    /// Asks where each object stands, in the order of their names; changes nothing.
    public func look() throws(EngineError) -> [Item] {
        progress.phase = .thawing
        // Where there is no archive, nothing lies in it.
        guard destination is any Archiving else {
            return names.sorted().map { Item(name: $0, size: sizes[$0] ?? nil, state: .readable) }
        }
        let states = try ArchivedObjects(destination, retry: retry, cancellation: cancellation, progress: progress)
            .states(names)
        return states.keys.sorted().map { Item(name: $0, size: sizes[$0] ?? nil, state: states[$0] ?? .archived) }
    }

    /// Orders what lies in the archive and is not on its way.
    /// - Parameters:
    ///   - items: what ``look()`` has found.
    ///   - days: how long the copies stay readable, at least 1.
    ///   - speed: how soon they are to come.
    /// - Returns: how many were ordered.
    /// - Throws: `.destination`, `.cancelled`; what was ordered before stays ordered.
    public func order(_ items: [Item], days: Int, speed: ThawSpeed) throws(EngineError) -> Int {
        let wanted = items.filter { $0.state == .archived }.map(\.name)
        guard let archive = destination as? any Archiving, !wanted.isEmpty else { return 0 }
        progress.setTotals(entries: wanted.count, bytes: 0)
        try ParallelWork.forEach(wanted, threads: 8, cancellation: cancellation) {
            [progress, cancellation, retry] name throws(EngineError) in
            try retry.run(cancellation, progress) { () throws(DestinationError) in
                try archive.thaw(name, days: max(1, days), speed: speed)
            }
            progress.addEntries(1)
        }
        return wanted.count
    }

    /// Waits until all can be read: asks after a minute, then ever more seldom, down to every quarter of an hour.
    /// - Parameters:
    ///   - pause: waits; replaced by tests.
    ///   - body: is given what was found, each time.
    /// - Returns: what was found last: all readable.
    /// - Throws: `.destination`, `.cancelled`.
    public func wait(
        pause: (Duration, Cancellation) -> Void = { RetryPolicy.sleep($0, $1) },
        telling body: ([Item]) -> Void = { _ in }
    ) throws(EngineError) -> [Item] {
        var next = Duration.seconds(60)
        while true {
            let items = try look()
            body(items)
            if items.allSatisfy(\.state.isReadable) { return items }
            pause(next, cancellation)
            try cancellation.check()
            next = min(next * 3 / 2, .seconds(900))
        }
    }
}

extension [ThawOrder.Item] {
    /// How many there are of a kind.
    public func count(_ isWanted: (ThawState) -> Bool) -> Int { count { isWanted($0.state) } }

    /// Their bytes, as far as sizes are known.
    public var bytes: Int64 {
        reduce(0) { sum, item in
            // A destination may tell any size.
            let (total, overflow) = sum.addingReportingOverflow(Swift.max(0, item.size ?? 0))
            return overflow ? .max : total
        }
    }

    /// Until when all of them can be read, as far as the destination tells; nil for ever, or while nobody knows.
    public var readableUntil: Timestamp? {
        compactMap { item in
            if case .thawed(let end) = item.state { end } else { nil }
        }.min()
    }
}
