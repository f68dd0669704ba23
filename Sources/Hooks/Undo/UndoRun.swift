internal import Configuration
internal import JSON
internal import Ledger
internal import Logging
internal import Secrets
public import Support

/// Takes back one thing that a journal tells of.
struct UndoRun {
    let ledger: Ledger
    let surroundings: HookSurroundings

    /// Takes it back, and has the journal forget it; what fails stays there, to be tried again.
    /// - Returns: why it failed, without secrets; nil when it is done.
    /// - Throws: `LedgerError`.
    func run(_ entry: JournalledUndo) throws(LedgerError) -> String? {
        do throws(HookFailure) {
            try perform(entry)
        } catch {
            let message = surroundings.secrets.mask.apply(to: "\(error)")
            try ledger.undoFailed(entry.id, error: message)
            surroundings.logger.error(
                "not undone; it is tried again at the next start",
                metadata: ["hook": "\(entry.hook)", "error": "\(message)"])
            return message
        }
        try ledger.undoIsDone(entry.id)
        surroundings.logger.info("undone", metadata: ["hook": "\(entry.hook)"])
        return nil
    }

    private func perform(_ entry: JournalledUndo) throws(HookFailure) {
        guard let document = try? JSONValue(parsing: entry.action), let undo = UndoAction(document) else {
            throw HookFailure(entry.hook, .journal("The journal's entry \(entry.id) is of a newer Dunnage."))
        }
        switch undo {
        case .action(let action, let timeout):
            let answer = try ActionRun(action, name: entry.hook, timeout: timeout, in: surroundings).run()
            guard answer.status == 0 else {
                throw HookFailure(entry.hook, .exit(answer.status), lines: answer.lastLines)
            }
        case .containers(let containers, let mode, let timeout):
            do throws(DockerError) {
                let stop = ContainerStop(
                    engine: try surroundings.engine(), mode: mode, grace: nil, timeout: timeout)
                for name in try stop.end(containers, surroundings.stop) {
                    surroundings.logger.warning(
                        "a container that was stopped is gone, and none has taken its place",
                        metadata: ["container": "\(name)"])
                }
            } catch {
                throw HookFailure(entry.hook, .docker(error))
            }
        }
    }
}

/// What could not be taken back.
public struct UndoFailure: Sendable, Hashable {
    /// What was done.
    public let hook: String
    /// The job that it was done for.
    public let job: String
    /// When.
    public let since: Timestamp
    /// Why it could not be taken back, without secrets.
    public let message: String
}
