internal import Configuration
internal import Engine
internal import JSON
internal import Jobs
internal import Ledger
internal import Scheduler
internal import Secrets
internal import Service
internal import Support

/// How the service and its jobs stand.
extension ServiceAPI {
    /// Everything in one document.
    func status() throws -> JSONValue {
        let status = service.status
        let configuration = service.configuration
        let pause = try setting.ledger.pauses().first { $0.job == nil }
        return .object([
            .init("schema", .string("urn:dunnage:service:v1")), .init("instance", .string(configuration.instance)),
            .init("version", .string(ProgramVersion.current)), .init("started", .string(status.started.iso8601)),
            .init("looked", status.looked.json), .init("config", .string(status.configuration)),
            .init("configured", .string(status.configured.iso8601)),
            .init("reload_error", masked(status.reloadFailure)), .init("ledger_error", masked(status.ledgerFailure)),
            .init("stopping", .bool(status.isStopping)), .init("paused", pause?.json ?? .null),
            .init("running", .array(status.running.map(\.json))),
            .init(
                "waiting",
                .array(
                    status.waiting.map {
                        .object([.init("run", .string($0.id.description)), .init("job", .string($0.job))])
                    })),
            .init("jobs", .array(try jobs(configuration.jobs, status))),
        ])
    }

    /// Every job.
    func jobs() throws -> [JSONValue] { try jobs(service.configuration.jobs, service.status) }

    /// The job that a request names.
    func job(_ call: Call) throws -> JSONValue {
        try jobs([existingJob(call)], service.status).first ?? .null
    }

    /// The job that a request names.
    func existingJob(_ call: Call) throws(APIProblem) -> JobSpecification {
        do throws(Failure) {
            return try service.configuration.findJob(call.text("job") ?? "")
        } catch {
            throw .notFound(error.message)
        }
    }

    private func jobs(_ jobs: [JobSpecification], _ status: ServiceStatus) throws -> [JSONValue] {
        let all = try JobStatus.all(jobs, service.configuration, setting.ledger, at: setting.now())
        return zip(jobs, all).map { job, one in
            let current = status.running.first { $0.job == job.name }
            var members = one.json.object ?? []
            // What the service has begun and not yet written down is at work, too.
            if current != nil, let index = members.firstIndex(where: { $0.name == "running" }) {
                members[index].value = .bool(true)
            }
            let labels = job.labels.sorted { $0.key < $1.key }
            return .object(
                members + [
                    .init("description", job.description.map { .string($0) } ?? .null),
                    .init("labels", .object(labels.map { .init($0.key, .string($0.value)) })),
                    .init("current", current?.json ?? .null),
                ])
        }
    }

    // MARK: Schedules

    /// Pauses a job, or all.
    func pause(_ job: String?, _ call: Call) throws -> JSONValue {
        try setting.ledger.pause(job, reason: call.body["reason"]?.string, at: setting.now())
        service.wake()
        return try setting.ledger.pauses().first { $0.job == job }?.json ?? .null
    }

    /// The next moments at which jobs are due.
    func schedule(_ call: Call) throws -> JSONValue {
        let configuration = service.configuration
        let jobs = try call.text("job") == nil ? configuration.jobs.filter(\.isEnabled) : [existingJob(call)]
        let agenda = Agenda(jobs.flatMap { JobRules.all($0, in: configuration) }, after: setting.now())
        let moments = agenda.next(call.number("count") ?? 10).map { moment in
            JSONValue.object([
                .init("time", .string(moment.time.iso8601)), .init("jobs", .array(moment.jobs.map { .string($0) })),
                .init("checks", .array(moment.checks.map { .string($0) })),
            ])
        }
        return .object([.init("moments", .array(moments))])
    }

    /// A text without secrets.
    func masked(_ text: String?) -> JSONValue { text.map { .string(setting.mask.apply(to: $0)) } ?? .null }
}

extension Timestamp? {
    /// The moment, or `null`.
    var json: JSONValue { map { .string($0.iso8601) } ?? .null }
}

extension Pause {
    /// The pause for machines.
    var json: JSONValue {
        .object([
            .init("since", .string(since.iso8601)), .init("reason", reason.map { .string($0) } ?? .null),
        ])
    }
}

extension ServiceStatus.Activity {
    /// The run at work for machines.
    var json: JSONValue {
        func count(_ value: Int?) -> JSONValue { .integer(Int64(value ?? 0)) }
        return .object([
            .init("run", .string(id.description)), .init("job", .string(job)),
            .init("kind", .string(kind.rawValue)), .init("started", .string(started.iso8601)),
            .init("trigger", .string(trigger.rawValue)),
            .init("stopping", .bool(isStopping)), .init("phase", progress.map { .string($0.phase.word) } ?? .null),
            .init("entries", count(progress?.entries)), .init("total_entries", count(progress?.totalEntries)),
            .init("bytes", count(progress?.bytes)), .init("total_bytes", count(progress?.totalBytes)),
            .init("transferred_bytes", count(progress?.transferred)), .init("retries", count(progress?.retries)),
        ])
    }
}
