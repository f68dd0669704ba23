internal import Destinations
internal import StoreFormat
internal import Support

/// The leases that lie at a destination, and what to think of each.
struct LeaseBoard {
    let objects: SmallObject
    let prefix: String?
    let retry: RetryPolicy
    let cancellation: Cancellation

    /// A lease object and what is in it.
    struct Posted {
        let name: LeaseName
        let modified: Timestamp?
        /// Nil when it cannot be read.
        let record: LeaseRecord?
    }

    /// What the destination shows.
    struct View {
        let prefix: String
        let leases: [(name: LeaseName, modified: Timestamp?)]

        /// The number that the next lease object gets.
        var nextGeneration: Int64 { (leases.map(\.name.generation).max() ?? 0) + 1 }
    }

    /// The same for the leases of one store, whatever comes to lie beside it.
    func settled(on prefix: String) -> LeaseBoard {
        LeaseBoard(objects: objects, prefix: prefix, retry: retry, cancellation: cancellation)
    }

    func view() throws -> View {
        let listed = try attempt { try objects.destination.list() }
        let known = StoreListing(listed.map { ListedObject(name: $0.name, size: $0.size) }, prefix: prefix).prefix
        let leases = listed.compactMap { object in
            LeaseName(parsing: object.name, prefix: known).map { (name: $0, modified: object.modified) }
        }
        return View(prefix: known, leases: leases.sorted { $0.name < $1.name })
    }

    /// Reads a lease object; nil when it is gone meanwhile.
    func read(_ lease: (name: LeaseName, modified: Timestamp?)) throws -> Posted? {
        switch try attempt({ try objects.get(lease.name.text) }) {
        case .missing: nil
        case .unreadable: Posted(name: lease.name, modified: lease.modified, record: nil)
        case .bytes(let bytes): Posted(name: lease.name, modified: lease.modified, record: LeaseRecord(bytes))
        }
    }

    func put(_ name: LeaseName, _ record: LeaseRecord) throws {
        do {
            try attempt { try objects.put(name.text, record.encoded()) }
        } catch EngineError.destination(let error) where error.kind == .exists {
            // It may be there because an earlier attempt succeeded and its answer was lost.
            guard try read((name, nil))?.record == record else { throw error }
        }
    }

    func delete(_ name: LeaseName) throws {
        try attempt { try objects.destination.delete(name.text) }
    }

    private func attempt<Value>(_ body: () throws -> Value) throws -> Value {
        var other: (any Error)?
        let value: Value? = try retry.run(cancellation, RunProgress()) { () throws(DestinationError) -> Value? in
            do {
                return try body()
            } catch let error as DestinationError {
                throw error
            } catch {
                other = error
                return nil
            }
        }
        if let value { return value }
        throw other ?? EngineError.cancelled
    }

    // MARK: Judging

    /// Whether the holder of a lease may still be at work.
    ///
    /// - Parameters:
    ///   - posted: the lease.
    ///   - request: the caller's own clock and margin.
    ///   - remembered: tokens of leases whose processes are known to be dead.
    ///   - remoteNow: the time by the destination's own clock, when it is known.
    /// - Returns: false only when it is safe to take the lease over.
    func isLive(
        _ posted: Posted, _ request: LeaseRequest, remembered: Set<String>, remoteNow: Timestamp? = nil
    ) -> Bool {
        guard let record = posted.record else {
            // Nobody knows who that is: it counts for as long as a lease of ours would.
            guard let modified = posted.modified else { return true }
            return request.now().seconds <= modified.seconds + request.term + request.clockMargin
        }
        if remembered.contains(record.token) { return false }
        if let identity = record.identity, identity.isGone(seenFrom: ProcessIdentity.current) { return false }
        if let remoteNow, let modified = posted.modified {
            // Both times are of one clock, whatever the clocks of the machines say.
            return remoteNow.seconds <= modified.seconds + record.seconds + 60
        }
        var renewed = max(record.renewed.seconds, posted.modified?.seconds ?? record.renewed.seconds)
        if let modified = posted.modified, record.renewed.seconds > request.now().seconds + request.clockMargin {
            // Its holder's clock runs ahead, or this one behind: the destination's decides, or nobody could say when
            // it ends.
            renewed = modified.seconds
        }
        return request.now().seconds <= renewed + record.seconds + request.clockMargin
    }

    /// The lease in the words of a message.
    func holder(_ posted: Posted, isLive: Bool) -> LeaseHolder {
        let record = posted.record
        let unknown = posted.modified ?? Timestamp(seconds: 0)
        return LeaseHolder(
            object: posted.name.text, instance: record?.instance ?? "", host: record?.host ?? "",
            process: record?.process ?? 0, activity: record?.activity ?? "", started: record?.started ?? unknown,
            expires: record?.expires ?? unknown, isLive: isLive)
    }
}
