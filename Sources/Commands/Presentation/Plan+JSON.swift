internal import Configuration
internal import JSON
internal import Jobs
internal import Support

extension Plan {
    /// The plan for machines.
    var json: [JSONValue.Member] {
        [
            .init("valid", .bool(true)), .init("hash", .string(hash)),
            .init(
                "against",
                .object([
                    .init("label", .string(base)), .init("config_hash", baseFingerprint.map { .string($0) } ?? .null),
                ])),
            .init("config_hash", .string(fingerprint)), .init("changes_count", .integer(Int64(changesCount))),
            .init("deleted_versions", .integer(Int64(deletedVersions))), .init("destructive", .bool(isDestructive)),
            .init("jobs", .array(jobs.map(\.json))), .init("unchanged_jobs", .integer(Int64(unchangedJobs))),
            .init("values", .array(changes.map(\.json))), .init("secrets", secrets.json),
            .init("diagnostics", .array(diagnostics.map(\.planned))),
        ]
    }

    private var changesCount: Int { jobs.count + changes.count }
}

extension Plan.Secrets {
    fileprivate var json: JSONValue {
        switch self {
        case .skipped: .object([.init("checked", .bool(false))])
        case .checked(let unresolved):
            .object([
                .init("checked", .bool(true)),
                .init(
                    "unresolved",
                    .array(
                        unresolved.map {
                            .object([.init("name", .string($0.name)), .init("error", .string($0.reason))])
                        })),
            ])
        }
    }
}

extension Diagnostic {
    /// The problem in a plan: what and where, without the excerpt.
    var planned: JSONValue {
        .object([
            .init("code", .string(code.rawValue)), .init("severity", .string(severity.rawValue)),
            .init("message", .string(message)), .init("file", .string(file)), .init("line", .integer(Int64(line))),
            .init("column", .integer(Int64(column))),
        ])
    }
}

extension PlanChange {
    fileprivate var json: JSONValue {
        .object([
            .init("path", .string(path)), .init("old", old.map { .string($0) } ?? .null),
            .init("new", new.map { .string($0) } ?? .null), .init("origin", origin?.json ?? .null),
        ])
    }
}

extension PlannedJob {
    fileprivate var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("job", .string(name)), .init("kind", .string(kind.rawValue)), .init("origin", origin?.json ?? .null),
            .init("values", .array(changes.map(\.json))), .init("stores", .array(stores.map(\.json))),
            .init("retention", .array(retention.map(\.json))),
        ]
        if let files { members.append(.init("files", files.json)) }
        if let schedule {
            members.append(
                .init(
                    "schedule",
                    .object([
                        .init("old", schedule.old?.json ?? .null), .init("new", schedule.new?.json ?? .null),
                    ])))
        }
        return .object(members)
    }
}

extension ScheduleEffect.Times {
    fileprivate var json: JSONValue {
        .object([
            .init("timezone", zone.map { .string($0) } ?? .null),
            .init("next", .array(next.map { .string($0.iso8601) })),
        ])
    }
}

extension StoreEffect {
    fileprivate var json: JSONValue {
        var members: [JSONValue.Member] = [.init("destination", .string(destination))]
        func add(_ kind: String, _ details: [(String, String)] = []) {
            members.append(.init("effect", .string(kind)))
            members += details.map { .init($0.0, .string($0.1)) }
        }
        switch kind {
        case .new: add("new")
        case .takenOver(let job, let destination):
            add("taken_over", [("from_job", job), ("from_destination", destination)])
        case .moved(let from, let to): add("reseeded", [("setting", "url"), ("old", from), ("new", to)])
        case .renamed(let from, let to): add("reseeded", [("setting", "prefix"), ("old", from), ("new", to)])
        case .unfit(let setting, let from, let to): add("unfit", [("setting", setting), ("old", from), ("new", to)])
        case .passphrase(let from, let to): add("passphrase", [("old_secret", from), ("new_secret", to)])
        case .unmanaged: add("unmanaged")
        }
        return .object(members)
    }
}

extension RetentionEffect {
    fileprivate var json: JSONValue {
        var members: [JSONValue.Member] = [.init("destination", .string(destination))]
        switch finding {
        case .noStore: members.append(.init("state", .string("no_store")))
        case .unknown(let reason):
            members += [.init("state", .string("unknown")), .init("reason", .string(reason))]
        case .versions(let deletion):
            members += [
                .init("state", .string("known")), .init("versions_count", .integer(Int64(deletion.count))),
                .init("max_delete", .integer(Int64(deletion.limit))), .init("destructive", .bool(isDestructive)),
                .init("freed_bytes", .integer(deletion.freedBytes)),
                .init("deleted", .array(deletion.versions.map(\.json))),
            ]
        }
        return .object(members)
    }
}

extension RetentionEffect.Version {
    fileprivate var json: JSONValue {
        .object([
            .init("time", .string(time.iso8601)), .init("bytes", .integer(bytes)), .init("reason", .string(reason)),
            .init("due_anyway", .bool(isDueAnyway)),
        ])
    }
}

extension FilesEffect {
    fileprivate var json: JSONValue {
        switch self {
        case .skipped(let reason): .object([.init("walked", .bool(false)), .init("reason", .string(reason))])
        case .walked(let found):
            .object([
                .init("walked", .bool(true)), .init("added", found.added.json), .init("removed", found.removed.json),
                .init("problems_count", .integer(Int64(found.problemCount))),
                .init("problems", .array(found.problems.map { .string($0) })),
            ])
        }
    }
}

extension FilesEffect.Tally {
    fileprivate var json: JSONValue {
        .object([
            .init("files", .integer(Int64(files))), .init("bytes", .integer(bytes)),
            .init("sample", .array(sample.map { .string($0) })),
        ])
    }
}
