internal import Support
internal import Synchronization

/// Walks trees on several threads and hands over one folder after the other.
///
/// A folder's own entry is delivered, in its parent's listing, before the listing of its content; otherwise the
/// order of folders is not defined. Symbolic links are never followed. A source that lies below another source is
/// delivered once.
public final class TreeWalker: Sendable {
    private let sources: SourceRoots
    private let admission: EntryAdmission
    private let policy: WalkPolicy
    private let threads: Int
    private let pending = PendingFolders()
    private let isCancelled = Atomic<Bool>(false)
    private let reached = Mutex<Set<[UInt8]>>([])

    /// A walker for one walk.
    /// - Parameters:
    ///   - sources: absolute paths of files, folders or symbolic links.
    ///   - filter: what of their content is wanted; the sources themselves always are.
    ///   - ownPaths: our own files and folders, such as the database, that never belong to a backup.
    ///   - policy: what is asked beyond the rules.
    ///   - threads: how many folders are read at the same time.
    public init(
        sources: [[UInt8]], filter: FilterSet = FilterSet(), ownPaths: [[UInt8]] = [],
        policy: WalkPolicy = WalkPolicy(), threads: Int = 2
    ) {
        self.sources = SourceRoots(sources)
        self.policy = policy
        // What comes first must not depend on which thread is faster.
        self.threads = policy.hardLinks == .first ? 1 : max(1, threads)
        admission = EntryAdmission(filter: filter, ownPaths: ownPaths, nestedSources: self.sources.nested)
    }

    /// Ends the walk soon; may be called from any thread.
    public func cancel() {
        isCancelled.store(true, ordering: .relaxed)
        pending.cancel()
    }

    /// Walks, and returns when everything is delivered or the walk is cancelled.
    /// - Parameters:
    ///   - deliver: gets each listing, on one of the walk's threads; it may block. The walk is cancelled when it
    ///     returns false.
    ///   - report: gets what could not be looked at, on one of the walk's threads.
    /// - Returns: what was seen.
    public func walk(
        deliver: @escaping @Sendable (FolderListing) -> Bool,
        report: @escaping @Sendable (WalkProblem) -> Void
    ) -> WalkSummary {
        let selector = makeSelector()
        var summary = WalkSummary()
        for path in sources.relative {
            summary.problems += 1
            report(WalkProblem(kind: .relativeSource, path: path, code: 0))
        }
        summary.add(walk(from: sources.outer, selector, deliver, report))
        // A source below another one has been met, unless a rule kept the walk out of a folder above it.
        for source in sources.nested where !reached.withLock({ $0.contains(source) }) && isInShard(nested: source) {
            summary.add(walk(from: [source], selector, deliver, report))
        }
        summary.tooLarge = selector?.tooLarge.load(ordering: .relaxed) ?? 0
        summary.isCancelled = isCancelled.load(ordering: .relaxed)
        return summary
    }

    private func walk(
        from sources: [[UInt8]], _ selector: EntrySelector?, _ deliver: @escaping @Sendable (FolderListing) -> Bool,
        _ report: @escaping @Sendable (WalkProblem) -> Void
    ) -> WalkSummary {
        let total = Mutex(WalkSummary())
        let first = makeReader(selector, report)
        var subfolders: [PendingFolders.Subfolders] = []
        for source in sources where !isCancelled.load(ordering: .relaxed) {
            guard let found = first.read(source: source) else { continue }
            if deliver(found.listing) { subfolders.append(found.subfolders) } else { cancel() }
        }
        // The newest list is read first.
        for subfolders in subfolders.reversed() { pending.add(subfolders) }
        let others = (1..<threads).compactMap { index in
            // Fewer threads than wanted are no reason to fail.
            try? WorkerThread("walk \(index)") { [self] in
                let reader = makeReader(selector, report)
                readFolders(reader, deliver)
                total.withLock { $0.add(reader.summary) }
            }
        }
        readFolders(first, deliver)
        for thread in others { thread.join() }
        total.withLock { $0.add(first.summary) }
        return total.withLock { $0 }
    }

    private func makeReader(
        _ selector: EntrySelector?, _ report: @escaping @Sendable (WalkProblem) -> Void
    ) -> FolderReader {
        FolderReader(
            admission: admission, selector: selector,
            isCancelled: { [self] in isCancelled.load(ordering: .relaxed) },
            report: report,
            reachedSource: { [self] path in reached.withLock { _ = $0.insert(path) } })
    }

    private func readFolders(_ reader: FolderReader, _ deliver: (FolderListing) -> Bool) {
        while let folder = pending.next() {
            if let found = reader.read(folder: folder) {
                if deliver(found.listing) { pending.add(found.subfolders) } else { cancel() }
            }
            pending.finish()
        }
    }

    // MARK: Policy

    private func makeSelector() -> EntrySelector? {
        guard policy != WalkPolicy() else { return nil }
        let filled = policy.leavesOutEmptyFolders ? findFilledFolders() : nil
        return EntrySelector(
            policy, roots: sources.outer + sources.nested, divided: sources.outer, filled: filled)
    }

    /// Whether a source below another one belongs to the shard: it goes with the entry of that source that it is in.
    private func isInShard(nested source: [UInt8]) -> Bool {
        guard let shard = policy.shard else { return true }
        let slash = UInt8(ascii: "/")
        let outer = sources.outer.first { source.starts(with: $0) && ($0.count == 1 || source[$0.count] == slash) }
        let rest = source.dropFirst(outer.map { $0.count == 1 ? 1 : $0.count + 1 } ?? 0)
        return shard.takes(rest.prefix { $0 != slash })
    }

    /// Walks once only to learn which folders hold something, however far below.
    ///
    /// A folder is delivered before its content is known, so this cannot be told on the way.
    private func findFilledFolders() -> Set<[UInt8]> {
        var policy = policy
        policy.leavesOutEmptyFolders = false
        let scout = TreeWalker(sources: sources, admission: admission, policy: policy, threads: threads)
        let filled = Mutex<Set<[UInt8]>>([])
        _ = scout.walk(
            deliver: { [self] listing in
                if listing.entries.contains(where: { $0.kind != .folder }) {
                    filled.withLock { Self.insert(listing.path, into: &$0) }
                }
                return !isCancelled.load(ordering: .relaxed)
            }, report: { _ in })
        return filled.withLock { $0 }
    }

    /// Adds a folder and all that it is in.
    private static func insert(_ folder: [UInt8], into filled: inout Set<[UInt8]>) {
        var folder = folder[...]
        while !folder.isEmpty, filled.insert(Array(folder)).inserted {
            let parent = folder.dropLast().lastIndex(of: UInt8(ascii: "/"))
            folder = parent.map { folder[...$0] } ?? []
        }
    }

    private init(sources: SourceRoots, admission: EntryAdmission, policy: WalkPolicy, threads: Int) {
        self.sources = sources
        self.admission = admission
        self.policy = policy
        self.threads = threads
    }
}
