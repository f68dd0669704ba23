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
    private let threads: Int
    private let pending = PendingFolders()
    private let isCancelled = Atomic<Bool>(false)
    private let reached = Mutex<Set<[UInt8]>>([])

    /// A walker for one walk.
    /// - Parameters:
    ///   - sources: absolute paths of files, folders or symbolic links.
    ///   - filter: what of their content is wanted; the sources themselves always are.
    ///   - ownPaths: our own files and folders, such as the database, that never belong to a backup.
    ///   - threads: how many folders are read at the same time.
    public init(
        sources: [[UInt8]], filter: FilterSet = FilterSet(), ownPaths: [[UInt8]] = [], threads: Int = 2
    ) {
        self.sources = SourceRoots(sources)
        self.threads = max(1, threads)
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
        var summary = WalkSummary()
        for path in sources.relative {
            summary.problems += 1
            report(WalkProblem(kind: .relativeSource, path: path, code: 0))
        }
        summary.add(walk(from: sources.outer, deliver, report))
        // A source below another one has been met, unless a rule kept the walk out of a folder above it.
        for source in sources.nested where !reached.withLock({ $0.contains(source) }) {
            summary.add(walk(from: [source], deliver, report))
        }
        summary.isCancelled = isCancelled.load(ordering: .relaxed)
        return summary
    }

    private func walk(
        from sources: [[UInt8]], _ deliver: @escaping @Sendable (FolderListing) -> Bool,
        _ report: @escaping @Sendable (WalkProblem) -> Void
    ) -> WalkSummary {
        let total = Mutex(WalkSummary())
        let first = makeReader(report)
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
                let reader = makeReader(report)
                readFolders(reader, deliver)
                total.withLock { $0.add(reader.summary) }
            }
        }
        readFolders(first, deliver)
        for thread in others { thread.join() }
        total.withLock { $0.add(first.summary) }
        return total.withLock { $0 }
    }

    private func makeReader(_ report: @escaping @Sendable (WalkProblem) -> Void) -> FolderReader {
        FolderReader(
            admission: admission,
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
}
