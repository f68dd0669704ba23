public import Destinations
public import Support

/// Copies a store from one destination to another, so that the target holds every object that the source holds.
///
/// Data goes first, then indexes, then the lists of versions from old to new: whenever it is broken off, what is at the
/// target is a store whose versions are all whole. What is there already is not sent again, so that the next run goes
/// on where this one ended. Leases and other objects of our own that are no part of a store stay where they are.
public struct SyncRun: Sendable {
    private let source: any Destination
    private let target: any Destination
    private let prefix: String?
    private let options: SyncOptions
    private let problems: ProblemLog
    private let progress: RunProgress
    private let cancellation: Cancellation
    private let retry: RetryPolicy
    private let now: @Sendable () -> Timestamp

    private var places: (source: String, target: String) { (source.label, target.label) }

    /// A run; nothing is done yet.
    /// - Parameters:
    ///   - source: where the store is.
    ///   - target: where it is copied to; made if it is missing.
    ///   - prefix: the store's prefix; nil takes what the source has.
    ///   - options: how it is done.
    ///   - problems: is told of what is not as usual.
    ///   - progress: is counted into.
    ///   - cancellation: ends it early.
    ///   - retry: what to do about failures that may pass.
    ///   - now: the clock that locks are compared with.
    public init(
        from source: any Destination, to target: any Destination, prefix: String? = nil,
        options: SyncOptions = SyncOptions(), problems: ProblemLog = ProblemLog(),
        progress: RunProgress = RunProgress(), cancellation: Cancellation = Cancellation(),
        retry: RetryPolicy = RetryPolicy(), now: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) {
        self.source = source
        self.target = target
        self.prefix = prefix
        self.options = options
        self.problems = problems
        self.progress = progress
        self.cancellation = cancellation
        self.retry = retry
        self.now = now
    }

    /// Says what ``run(lease:passphrase:)`` would do, and changes nothing.
    /// - Throws: what ``run(lease:passphrase:)`` throws before it copies.
    public func preview() throws(EngineError) -> SyncSummary {
        progress.phase = .preparing
        let there: [RemoteObject]
        do throws(EngineError) {
            there = try list(target)
        } catch {
            // It would be made.
            guard case .destination(let cause) = error, cause.kind == .missingContainer else { throw error }
            there = []
        }
        let plan = try plan(there)
        var summary = summary(of: plan)
        summary.copied = plan.missing.count
        summary.copiedBytes = Self.bytes(plan.missing)
        guard options.deletes else { return summary }
        let (free, locked) = deletable(plan)
        try checkDeletion(free.count, plan, "Nothing was done.")
        summary.locked = locked
        summary.deleted = free.count
        summary.deletedBytes = Self.bytes(free)
        return summary
    }

    /// Copies; blocks the calling thread.
    ///
    /// A lease is held at both ends, so that no other run changes what is compared. A source that lets nothing be
    /// stored is read without, and what vanishes meanwhile ends the run. While the leases are verified, data is copied
    /// already, under names that nobody else uses: nothing that refers to it is written, and nothing deleted, before
    /// both are certain.
    /// - Parameters:
    ///   - lease: who asks for the leases.
    ///   - passphrase: encrypts the leases, when the store is encrypted.
    /// - Returns: what was done.
    /// - Throws: `.emptyStore`, `.leased`, `.refused` when the target holds another store or too much would be deleted,
    ///   `.destination` with `.exists` when a name has another content there and with `.archived` when something has
    ///   to be ordered first, `.listingUnsteady` when objects of the source vanish meanwhile.
    public func run(lease: LeaseRequest, passphrase: Secret?) throws(EngineError) -> SyncSummary {
        progress.phase = .preparing
        try retry.run(cancellation, progress) { () throws(DestinationError) in try target.prepare(create: true) }
        let posted = try Leases(for: self, lease, passphrase, awaitsVerification: false)
        do throws(EngineError) {
            defer { posted.release() }
            return try copy(holding: posted)
        } catch {
            guard case .leased = error else { throw error }
        }
        // Somebody else asked at the same moment, and may have changed since what was listed.
        let leases = try Leases(for: self, lease, passphrase, awaitsVerification: true)
        defer { leases.release() }
        return try copy(holding: leases)
    }

    private func copy(holding leases: Leases) throws(EngineError) -> SyncSummary {
        let plan = try plan(list(target))
        try refuseArchived(plan)
        var summary = summary(of: plan)
        let folder: TemporaryFolder
        do {
            folder = try TemporaryFolder()
        } catch {
            throw .system(error, doing: "create a temporary folder")
        }
        let copier = ObjectCopier(
            source: source, target: target, folder: folder, progress: progress, cancellation: cancellation,
            retry: retry, admission: leases.admitData)
        progress.phase = .copying
        if options.comparesContent { try compare(plan, copier, &summary) }
        try copy(plan, copier, leases)
        summary.copied = plan.missing.count
        summary.copiedBytes = Self.bytes(plan.missing)
        if options.deletes { try delete(plan, leases, &summary) }
        return summary
    }

    // MARK: Leases

    /// The right to change both ends.
    private struct Leases: Sendable {
        /// Nil where none can be stored.
        private let source: Lease?
        private let target: Lease

        init(
            for run: SyncRun, _ request: LeaseRequest, _ passphrase: Secret?, awaitsVerification: Bool
        ) throws(EngineError) {
            func acquire(_ destination: any Destination, _ prefix: String?) throws(EngineError) -> Lease {
                try Lease.acquire(
                    at: destination, prefix: prefix, passphrase: passphrase, request, retry: run.retry,
                    cancellation: run.cancellation, awaitsVerification: awaitsVerification)
            }
            source = try run.unlessNothingCanBeStored { () throws(EngineError) in try acquire(run.source, run.prefix) }
            // The store that comes, whatever other ones are there.
            target = try acquire(run.target, run.prefix ?? source?.prefix)
        }

        /// To be called before data is written to the target: the source is only read, and data that nothing refers
        /// to does no harm, should a lease turn out to be another one's.
        @Sendable
        func admitData() throws(EngineError) {
            try source?.confirm(awaitsVerification: false)
            try target.confirm(awaitsVerification: false)
        }

        /// To be called before what refers to other objects is written, and before anything is deleted.
        func confirm() throws(EngineError) {
            try source?.confirm()
            try target.confirm()
        }

        func release() {
            source?.release()
            target.release()
        }
    }

    private func unlessNothingCanBeStored(_ acquire: () throws(EngineError) -> Lease) throws(EngineError) -> Lease? {
        do throws(EngineError) {
            return try acquire()
        } catch {
            guard case .destination(let cause) = error, [.permission, .unsupported, .quota].contains(cause.kind) else {
                throw error
            }
            problems.add(
                Problem(
                    .remoteObject, source.label,
                    "is read without a lease, since none can be stored there: no backup should run meanwhile"))
            return nil
        }
    }

    // MARK: Looking

    private func list(_ destination: any Destination) throws(EngineError) -> [RemoteObject] {
        try retry.run(cancellation, progress) { () throws(DestinationError) in try destination.list() }
    }

    private func plan(_ there: [RemoteObject]) throws(EngineError) -> SyncPlan {
        try SyncPlan(
            source: list(source), target: there, prefix: prefix, places: places, isForced: options.isForced)
    }

    private func summary(of plan: SyncPlan) -> SyncSummary {
        var summary = SyncSummary(prefix: plan.prefix)
        summary.objects = plan.source.count
        summary.bytes = Self.bytes(plan.source)
        summary.present = plan.present.count
        summary.surplus = plan.surplus.count
        return summary
    }

    private static func bytes(_ items: [SyncPlan.Item]) -> Int64 {
        items.reduce(0) { sum, item in
            // A destination may tell any size.
            let (total, overflow) = sum.addingReportingOverflow(max(0, item.size ?? 0))
            return overflow ? .max : total
        }
    }

    /// Everything that has to be read can be read, or nothing is begun.
    private func refuseArchived(_ plan: SyncPlan) throws(EngineError) {
        let wanted = plan.missing + (options.comparesContent ? plan.present : [])
        let archived = try ArchivedObjects(source, retry: retry, cancellation: cancellation, progress: progress)
            .unreadable(wanted.filter(\.isArchived).map(\.name))
        guard let first = archived.first else { return }
        let others = Count(archived.count - 1, "other object that has", "other objects that have")
        let more = others.number > 0 ? ", and so \(others.number == 1 ? "does" : "do") \(others) to be copied" : ""
        throw .destination(
            DestinationError(
                .archived, .get, object: first, at: source.label,
                detail: "it lies in the archive\(more)",
                advice: "Nothing was copied. Order them with `dunnage thaw`, and copy when they have come."))
    }

    // MARK: Copying

    private func compare(_ plan: SyncPlan, _ copier: ObjectCopier, _ summary: inout SyncSummary) throws(EngineError) {
        progress.setTotals(entries: plan.source.count, bytes: 0)
        let differing = Names()
        try ParallelWork.forEach(plan.present, threads: options.threads, cancellation: cancellation) {
            [progress] item throws(EngineError) in
            if !(try copier.isEqual(item)) { differing.add(item.name) }
            progress.addEntries(1)
        }
        summary.compared = plan.present.count
        guard let first = differing.sorted.first else { return }
        throw SyncPlan.conflict(differing.sorted.count, first, "is there with another content", places)
    }

    private func copy(_ plan: SyncPlan, _ copier: ObjectCopier, _ leases: Leases) throws(EngineError) {
        progress.setTotals(
            entries: plan.missing.count + (options.comparesContent ? plan.present.count : 0),
            bytes: Int(Self.bytes(plan.missing)))
        do throws(EngineError) {
            for stage in SyncPlan.Item.Stage.allCases {
                let items = plan.missing.filter { $0.stage == stage }
                if items.isEmpty { continue }
                if stage > .data { try leases.confirm() }
                try ParallelWork.forEach(items, threads: options.threads, cancellation: cancellation) {
                    item throws(EngineError) in try copier.copy(item)
                }
                try ensureStored(items)
            }
        } catch {
            guard case .destination(let cause) = error, cause.kind == .missingObject, let name = cause.object else {
                throw error
            }
            throw .listingUnsteady([name], destination: cause.destination)
        }
    }

    /// Makes sure that the target has all of these in full size, before anything that refers to them is written.
    ///
    /// One listing instead of a question for each; who is not in it is asked for, since listings may be late.
    private func ensureStored(_ items: [SyncPlan.Item]) throws(EngineError) {
        let listed = Dictionary(try list(target).map { ($0.name, $0) }) { first, _ in first }
        var lacking: [String] = []
        for item in items {
            if let object = listed[item.name], Self.isWhole(object, item) { continue }
            do throws(EngineError) {
                let object = try retry.run(cancellation, progress) { () throws(DestinationError) in
                    try target.stat(item.name)
                }
                if !Self.isWhole(object, item) { lacking.append(item.name) }
            } catch {
                guard case .destination(let cause) = error, cause.kind == .missingObject else { throw error }
                lacking.append(item.name)
            }
        }
        guard lacking.isEmpty else { throw .uploadNotListed(lacking, destination: target.label) }
    }

    private static func isWhole(_ object: RemoteObject, _ item: SyncPlan.Item) -> Bool {
        guard let expected = item.size, let size = object.size else { return true }
        return size == expected
    }

    // MARK: Deleting

    private func deletable(_ plan: SyncPlan) -> (free: [SyncPlan.Item], locked: Int) {
        let time = now()
        let free = plan.surplus.filter { ($0.lockedUntil ?? time) <= time }
        return (free, plan.surplus.count - free.count)
    }

    private func checkDeletion(_ count: Int, _ plan: SyncPlan, _ soFar: String) throws(EngineError) {
        guard count * 2 > plan.targetCount, !options.isForced else { return }
        throw .refused(
            "\(count) of \(plan.targetCount) objects at \(target.label) are not at \(source.label), which is more than "
                + "half. \(soFar) If they are to be deleted, add --force.")
    }

    private func delete(_ plan: SyncPlan, _ leases: Leases, _ summary: inout SyncSummary) throws(EngineError) {
        let (free, locked) = deletable(plan)
        try checkDeletion(free.count, plan, "Everything was copied, and nothing deleted.")
        summary.locked = locked
        progress.phase = .deleting
        // What refers to others goes before them.
        for stage in SyncPlan.Item.Stage.allCases.reversed() {
            let items = free.filter { $0.stage == stage }
            for start in stride(from: 0, to: items.count, by: 500) {
                let batch = Array(items[start..<min(start + 500, items.count)])
                try leases.confirm()
                try delete(batch, &summary)
            }
        }
    }

    private func delete(_ batch: [SyncPlan.Item], _ summary: inout SyncSummary) throws(EngineError) {
        let failures = try retry.run(cancellation, progress) { () throws(DestinationError) in
            try target.delete(batch.map(\.name))
        }
        for item in batch {
            switch failures[item.name]?.kind {
            case nil:
                summary.deleted += 1
                summary.deletedBytes += max(0, item.size ?? 0)
            case .locked: summary.locked += 1
            default: break
            }
        }
        if let error = failures.values.first(where: { $0.kind != .locked }) { throw .destination(error) }
    }
}
