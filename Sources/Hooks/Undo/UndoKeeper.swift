internal import JSON
public import Ledger
public import Support
internal import Synchronization

/// What one run has to take back: written down before it is done, and taken back in the reverse order.
///
/// For the thread of the run.
public final class UndoKeeper: Sendable {
    private let ledger: Ledger
    private let run: String
    private let job: String
    private let folder: String
    private let now: @Sendable () -> Timestamp
    private let lock = Mutex<UndoLock?>(nil)

    /// A run that has done nothing yet.
    /// - Parameters:
    ///   - ledger: what outlives the process.
    ///   - run: the run's identifier.
    ///   - job: its job.
    ///   - folder: where runs that are at work show it; made when it is needed.
    ///   - now: the clock.
    public init(
        ledger: Ledger, run: String, job: String, folder: String, now: @escaping @Sendable () -> Timestamp
    ) {
        self.ledger = ledger
        self.run = run
        self.job = job
        self.folder = folder
        self.now = now
    }

    /// Writes down what is about to be done.
    /// - Throws: `HookFailure` when it cannot be written down: then it must not be done.
    func remember(_ hook: String, _ undo: UndoAction) throws(HookFailure) {
        do throws(SystemError) {
            try lock.withLock { lock throws(SystemError) in
                if lock == nil { lock = try UndoLock(in: folder, run: run) }
            }
        } catch {
            throw HookFailure(hook, .journal("\(error)."))
        }
        do throws(LedgerError) {
            _ = try ledger.journalUndo(run: run, job: job, hook: hook, action: undo.json.description, at: now())
        } catch {
            throw HookFailure(hook, .journal("\(error)"))
        }
    }

    /// Takes back what was done since the last time, the last first; blocks the calling thread.
    /// - Returns: what could not be taken back, and is left to the next start.
    public func takeBack(_ surroundings: HookSurroundings) -> [UndoFailure] {
        // A run that has written nothing down has nothing to look up.
        guard lock.withLock({ $0 != nil }) else { return [] }
        defer { lock.withLock { $0 = nil } }
        return Self.takeBack(of: run, ledger, surroundings.uninterrupted())
    }

    fileprivate static func takeBack(
        of run: String, _ ledger: Ledger, _ surroundings: HookSurroundings
    ) -> [UndoFailure] {
        var failures: [UndoFailure] = []
        do throws(LedgerError) {
            for entry in try ledger.pendingUndos(of: run) {
                guard let message = try UndoRun(ledger: ledger, surroundings: surroundings).run(entry) else { continue }
                failures.append(
                    UndoFailure(hook: entry.hook, job: entry.job, since: entry.since, message: message))
            }
        } catch {
            failures.append(
                UndoFailure(hook: "undo", job: surroundings.job, since: Timestamp.now(), message: "\(error)"))
        }
        return failures
    }
}

/// Takes back what runs did that are not at work any more: their process died, or an attempt failed.
public struct UndoReplay {
    private let ledger: Ledger
    private let folder: String

    /// A look into the journal.
    /// - Parameters:
    ///   - ledger: the journal.
    ///   - folder: where runs that are at work show it.
    public init(ledger: Ledger, folder: String) {
        self.ledger = ledger
        self.folder = folder
    }

    /// What came of it.
    public struct Summary: Sendable, Hashable {
        /// What was taken back, as it was called.
        public var done: [String] = []
        /// What could not be, and stays in the journal.
        public var failures: [UndoFailure] = []
    }

    /// Takes back all that is left, run by run, the last thing first; blocks the calling thread.
    ///
    /// Nothing is taken back that another process takes back at the same time.
    /// - Parameter surroundings: what it has to do with, for each job.
    /// - Returns: what was taken back, and what could not be.
    /// - Throws: `LedgerError` when the journal cannot be read.
    public func run(_ surroundings: (_ job: String) -> HookSurroundings) throws(LedgerError) -> Summary {
        var summary = Summary()
        var seen: Set<String> = []
        for entry in try ledger.pendingUndos() where seen.insert(entry.run).inserted {
            let lock: UndoLock
            do throws(SystemError) {
                lock = try UndoLock(in: folder, run: entry.run)
            } catch {
                // It is at work, or somebody else has taken it up.
                if error.isLocked { continue }
                summary.failures.append(
                    UndoFailure(hook: entry.hook, job: entry.job, since: entry.since, message: "\(error)"))
                continue
            }
            // What is there now: somebody else may have been faster.
            let entries = try ledger.pendingUndos(of: entry.run)
            let failures = UndoKeeper.takeBack(of: entry.run, ledger, surroundings(entry.job).uninterrupted())
            let left = Set(try ledger.pendingUndos(of: entry.run).map { $0.id })
            summary.done += entries.filter { !left.contains($0.id) }.map { $0.hook }
            summary.failures += failures
            withExtendedLifetime(lock) {}
        }
        return summary
    }
}
