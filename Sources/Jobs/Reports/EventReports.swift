internal import Configuration
public import Ledger
internal import Logging
internal import Reporting
internal import Scheduler
internal import Support

/// Tells of what happened beside the ends of runs: what was missed, cut short, became overdue, or is good again.
public struct EventReports: Sendable {
    private let context: RunContext

    /// Reports to the receivers of a configuration's jobs.
    public init(in context: RunContext) {
        self.context = context
    }

    /// Puts a report of each event that nobody was told of into the outbox; each event is told once.
    /// - Returns: how many there were.
    /// - Throws: when the ledger cannot be used; what was told by then stays so.
    @discardableResult
    public func tell() throws(LedgerError) -> Int {
        let events = try context.ledger.untoldEvents()
        guard !events.isEmpty else { return 0 }
        let delivery = ReportDelivery(in: context)
        for event in events {
            log(event)
            let report = try report(event)
            let receivers = context.configuration.job(named: event.job)?.reports ?? []
            try delivery.enqueue(report, to: receivers) { () throws(LedgerError) in
                try context.ledger.markTold(event)
            }
        }
        return events.count
    }

    private func log(_ event: LedgerEvent) {
        var metadata: Logger.Metadata = ["job": "\(event.job)", "detail": "\(event.detail)"]
        if let destination = event.destination { metadata["destination"] = "\(destination)" }
        context.logger.log(
            level: event.kind == .recovered ? .notice : .warning, "job \(event.kind.rawValue)", metadata: metadata)
    }

    private func report(_ event: LedgerEvent) throws(LedgerError) -> RunReport {
        var report = RunReport(
            instance: .init(name: context.configuration.instance, version: ProgramVersion.current),
            job: .init(name: event.job, labels: context.configuration.job(named: event.job)?.labels ?? [:]),
            run: try run(event),
            configuration: .init(hash: context.configuration.hash, overrides: context.configuration.overrides),
            problems: event.kind == .recovered
                ? []
                : [.init(code: event.kind == .interrupted ? "E315" : nil, severity: .error, message: event.detail)],
            event: RunReport.Event(event.kind))
        if event.kind == .overdue || event.kind == .recovered { report.objective = try objective(event) }
        return report
    }

    /// The run that an event is about; for others one that has but the moment.
    private func run(_ event: LedgerEvent) throws(LedgerError) -> RunReport.Run {
        if event.kind == .interrupted, let id = event.run,
            let run = try context.ledger.runs(beginningWith: id).first
        {
            return .init(
                id: id, kind: .init(event.duty), trigger: .init(run.start.trigger), scheduledFor: run.start.due,
                started: run.start.started,
                finished: event.at, result: .failure, isInterrupted: true, exitCode: ExitCode.failure.rawValue)
        }
        return .init(
            id: RunIdentifier(at: event.at).description, kind: .init(event.duty), trigger: .schedule,
            started: event.at, finished: event.at, result: event.kind == .recovered ? .success : .failure,
            exitCode: event.kind == .recovered ? ExitCode.success.rawValue : ExitCode.failure.rawValue)
    }

    private func objective(_ event: LedgerEvent) throws(LedgerError) -> RunReport.Objective {
        if event.duty != .backup { return try proofObjective(event) }
        let allowed = context.configuration.objectives.first {
            $0.job == event.job && $0.destination == event.destination
        }?.recoveryPoint
        let fresh = try context.ledger.freshness().first {
            $0.job == event.job && $0.destination == event.destination
        }
        return .init(
            allowedSeconds: allowed, ageSeconds: fresh?.age(at: event.at), isMet: event.kind == .recovered)
    }
}

extension EventReports {
    private func proofObjective(_ event: LedgerEvent) throws(LedgerError) -> RunReport.Objective {
        let asked = context.configuration.proofObjectives.filter { $0.job == event.job }
        let proof = try context.ledger.proofs(asked).first
        return .init(
            .proof, allowedSeconds: asked.first?.within,
            ageSeconds: proof.flatMap { $0.last == nil ? nil : $0.age(at: event.at) },
            isMet: event.kind == .recovered)
    }
}

extension RunReport.Event {
    /// What a report calls an event of the ledger: a run that was cut short failed.
    fileprivate init(_ kind: LedgerEvent.Kind) {
        self =
            switch kind {
            case .missed: .missed
            case .interrupted: .failure
            case .overdue: .overdue
            case .recovered: .recovered
            }
    }
}
