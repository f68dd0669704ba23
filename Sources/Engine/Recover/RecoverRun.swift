internal import Catalog
public import Destinations
internal import StoreFormat
public import Support

/// Saves what can be saved of a damaged store, and says exactly what is lost.
///
/// It needs no catalog, no index volumes and no names: every object is read and examined, what it is told by its
/// content. Nothing at the destination is changed. Blocks are taken wherever their content has the hash they are named
/// for, also from objects whose encryption shows that they were changed.
public struct RecoverRun: Sendable {
    private let destination: any Destination
    private let passphrase: Secret?
    private let prefix: String?
    private let temporaryFolder: String?
    private let problems: ProblemLog
    private let progress: RunProgress
    private let cancellation: Cancellation
    private let retry: RetryPolicy
    private let threads: Int

    /// A run; nothing is done yet.
    /// - Parameters:
    ///   - destination: where the store is.
    ///   - passphrase: what opens it, when it is encrypted.
    ///   - prefix: the prefix of its objects; nil takes what is there.
    ///   - temporaryFolder: where copies of damaged objects go meanwhile; nil takes the system's.
    ///   - problems: gets every object that is not as it should be, and what cannot be written.
    ///   - progress: is counted into.
    ///   - cancellation: ends it early.
    ///   - retry: what to do about failures that may pass.
    ///   - threads: how many objects are examined at a time; nil takes as many as there are processors, up to four.
    public init(
        destination: any Destination, passphrase: Secret?, prefix: String? = nil, temporaryFolder: String? = nil,
        problems: ProblemLog = ProblemLog(), progress: RunProgress = RunProgress(),
        cancellation: Cancellation = Cancellation(), retry: RetryPolicy = RetryPolicy(), threads: Int? = nil
    ) {
        self.destination = destination
        self.passphrase = passphrase
        self.prefix = prefix
        self.temporaryFolder = temporaryFolder
        self.problems = problems
        self.progress = progress
        self.cancellation = cancellation
        self.retry = retry
        self.threads = max(1, threads ?? min(4, Processors.count))
    }

    /// Recovers.
    /// - Returns: what was saved, and what is lost.
    /// - Throws: `.emptyStore`, `.wrongPassphrase`, `.noSuchVersion` when no list of files can be read, and what keeps
    ///   the destination from being read or the target from being written to.
    public func run(_ request: RecoverRequest) throws(EngineError) -> RecoverSummary {
        do {
            let folder = try TemporaryFolder(in: temporaryFolder)
            let summary = try recover(request, folder: folder.path)
            withExtendedLifetime(folder) {}
            return summary
        } catch {
            throw EngineError(error, doing: "recover")
        }
    }

    private func recover(_ request: RecoverRequest, folder: String) throws -> RecoverSummary {
        let store = Store(
            destination: destination, passphrase: passphrase, prefix: prefix, temporaryFolder: folder,
            progress: progress, cancellation: cancellation, retry: retry)
        let salvage = try StoreSalvage(
            store: store, folder: folder, acceptsPlainLists: request.acceptsPlainLists, threads: threads
        ).run()
        for object in salvage.objects {
            problems.add(Problem(.remoteObject, object.name, "is \(object.state.rawValue): \(object.detail)"))
        }
        // What it says of losses is said here more exactly.
        let session = try StoreSession.open(
            destination: salvage.store, passphrase: passphrase, prefix: salvage.prefix, temporaryFolder: folder,
            problems: ProblemLog(), progress: progress, cancellation: cancellation, retry: retry)
        let version = try session.catalog.read { reader in try request.version.resolve(try reader.versions()) }
        let losses = try session.catalog.read { reader in
            let finder = try LossFinder(
                reader, settings: session.properties.settings, culprits: salvage.culprits)
            return try finder.losses(reader, version: version.id, patterns: request.patterns)
        }
        let log = ProblemLog()
        let restored = try RestoreRun(
            RestoreRequest(
                version: .time(version.time), patterns: request.patterns, target: request.target,
                keepsWholePaths: true), session: session, problems: log
        ).run()
        var summary = RecoverSummary(restored: restored)
        summary.losses = try merge(losses, log, session, version.id)
        summary.listFault =
            salvage.listFaults[version.time] ?? Self.newerList(than: version.time, request.version, salvage.objects)
        summary.objects = salvage.objects
        summary.examined = salvage.examined
        if request.writesIncomplete {
            summary.incompleteFiles = try IncompleteFiles(
                session: session, target: request.target, problems: problems
            ).write(losses, version: version.id)
        }
        return summary
    }

    /// What to say when the list of a newer version, which would have been meant, cannot be read.
    private static func newerList(
        than time: Timestamp, _ selector: VersionSelector, _ objects: [RecoverSummary.Object]
    ) -> String? {
        let lost = objects.filter { object in
            guard object.state == .unreadable, let lost = ObjectName(parsing: object.name)?.time else { return false }
            if case .time(let asked) = selector { return lost > time && lost <= asked }
            return lost > time
        }
        return lost.first.map { "\($0.name) cannot be read, so an older version was taken" }
    }

    /// Adds what only showed when files were written; the rest of what was said then is passed on.
    private func merge(
        _ losses: [RecoverSummary.Loss], _ log: ProblemLog, _ session: StoreSession, _ version: Int64
    ) throws -> [RecoverSummary.Loss] {
        let known = Set(losses.map(\.path))
        var reasons: [String: String] = [:]
        for problem in log.problems where !known.contains(problem.subject) {
            if problem.code == .damaged {
                reasons[problem.subject] = problem.message
            } else {
                problems.add(problem)
            }
        }
        guard !reasons.isEmpty else { return losses }
        var all = losses
        try session.catalog.read { reader in
            try reader.forEachEntry(of: version) { folder, entry in
                let bytes = EntryPath.join(folder, entry.name, isFolder: entry.kind == .folder)
                let path = String(decoding: bytes, as: UTF8.self)
                guard let reason = reasons.removeValue(forKey: path) else { return }
                all.append(
                    RecoverSummary.Loss(
                        path: path, size: entry.size, ranges: entry.size > 0 ? [0..<entry.size] : [], reason: reason))
            }
        }
        for (subject, message) in reasons { problems.add(Problem(.damaged, subject, message)) }
        return all.sorted { $0.path < $1.path }
    }
}
