public import Hooks
internal import Ledger
public import Logging
internal import Secrets

/// Takes back what runs did whose process died before it could: for the start of a program and of each run.
public enum UndoLeftovers {
    /// Takes back all that no run at work needs; blocks the calling thread.
    ///
    /// What succeeds is forgotten, and so done once; what fails stays in the ledger for the next time.
    /// - Parameters:
    ///   - context: the configuration, its secrets and the ledger.
    ///   - logger: told what is done.
    /// - Returns: what could not be taken back.
    public static func takeBack(_ context: RunContext, _ logger: Logger) -> [UndoFailure] {
        let replay = UndoReplay(ledger: context.ledger, folder: context.state.undoLocks)
        do throws(LedgerError) {
            let summary = try replay.run { job in
                var logger = logger
                logger[metadataKey: "job"] = "\(job)"
                logger.notice("a run did not take back what it had done; that is done now")
                return HookSurroundings(
                    job: job, secrets: context.secrets, transport: context.transport, logger: logger)
            }
            return summary.failures
        } catch {
            logger.error("the undo journal cannot be read", metadata: ["error": "\(error)"])
            return []
        }
    }
}

extension StateFolder {
    /// The folder in which runs show that what they did must not be taken back yet.
    var undoLocks: String { "\(path)/undo" }
}
