internal import Destinations
internal import Engine
internal import JSON
internal import Jobs
internal import Logging
internal import Support

/// Orders from an archive what a restore needs.
struct ThawAction {
    /// What is ordered: first what the versions are known by, then what their files are made of.
    private enum Stage: String {
        case metadata
        case data
    }

    let store: StoreChoice
    let version: String?
    let days: Int
    let speed: ThawSpeed
    let waits: Bool
    let isDryRun: Bool
    let json: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let patterns = try OpenedStore.expressions(store.patterns)
        if let code = try thawMetadata(program) { return code }
        let opened = try OpenedStore(store, program)
        defer { opened.endProgress() }
        let request = RestoreRequest(version: try opened.version(version), patterns: patterns, target: "/")
        let needed = try RestoreRun(request, session: opened.session, problems: opened.problems).neededVolumes()
        let order = ThawOrder(
            needed.volumes.map { ($0.name, $0.size) }, at: opened.session.store.destination,
            progress: opened.session.store.progress, cancellation: program.interruption.cancellation)
        let place = "the version of \(opened.setting.zone.text(needed.version)) at \(opened.label)"
        let (items, ordered) = try carryOut(order, place, opened.setting, program)
        opened.endProgress()
        try tell(.data, opened.label, needed.version, items, ordered, opened.setting, program)
        return items.allSatisfy(\.state.isReadable) ? .success : .temporary
    }

    /// Without lists and indexes nobody knows which data volumes are needed: where they are archived too, they come
    /// first.
    /// - Returns: what the command returns because they have not come yet; nil when they can be read.
    private func thawMetadata(_ program: Program) throws -> Jobs.ExitCode? {
        let reached = try ReachedStore(store, program)
        let objects = StoreObjects(
            at: reached.access.destination, progress: reached.progress,
            cancellation: program.interruption.cancellation)
        let archived = try objects.list().filter { object in
            object.isArchived && [.dlist, .dindex].contains(object.kind)
                && (reached.access.prefix == nil || reached.access.prefix == object.prefix)
        }
        guard !archived.isEmpty else { return nil }
        let order = ThawOrder(
            archived.map { ($0.name, $0.size) }, at: reached.access.destination, progress: reached.progress,
            cancellation: program.interruption.cancellation)
        reached.setting.progress.watch(reached.progress)
        defer { reached.setting.progress.watch(nil) }
        let label = reached.access.destination.label
        let place = "the lists and indexes at \(label), without which nobody knows what else is needed"
        let (items, ordered) = try carryOut(order, place, reached.setting, program)
        reached.setting.progress.watch(nil)
        guard !items.allSatisfy(\.state.isReadable) else { return nil }
        try tell(.metadata, label, nil, items, ordered, reached.setting, program)
        return .temporary
    }

    private func carryOut(
        _ order: ThawOrder, _ place: String, _ setting: OutputSetting, _ program: Program
    ) throws -> (items: [ThawOrder.Item], ordered: Int) {
        let items = try order.look()
        let archived = items.filter { $0.state == .archived }
        if !archived.isEmpty, !json, !program.output.isQuiet {
            let what = "\(HumanText.count(archived.count, "object")) (\(HumanText.size(archived.bytes)))"
            try program.tell {
                try program.console.print(
                    PrintableText.escaped(
                        "\(isDryRun ? "Would order" : "Ordering") \(what) for \(place), for "
                            + "\(HumanText.count(days, "day")); \(speed.rawValue) means \(speed.expectation)."))
            }
        }
        guard !isDryRun else { return (items, 0) }
        let ordered = try order.order(items, days: days, speed: speed)
        guard waits else { return (ordered > 0 ? try order.look() : items, ordered) }
        var isFirst = true
        let last = try order.wait(telling: { items in
            // What has come so far is worth a line whenever somebody looks.
            let readable = items.count(\.isReadable)
            if !isFirst || readable < items.count {
                setting.logger.info(
                    "waiting for the archive", metadata: ["readable": "\(readable)", "objects": "\(items.count)"])
            }
            isFirst = false
        })
        return (last, ordered)
    }

    private func tell(
        _ stage: Stage, _ label: String, _ version: Timestamp?, _ items: [ThawOrder.Item], _ ordered: Int,
        _ setting: OutputSetting, _ program: Program
    ) throws {
        try program.tell {
            guard !json else {
                return try program.console.print(
                    document: "thaw",
                    [
                        .init("store", .string(label)), .init("stage", .string(stage.rawValue)),
                        .init("version", version.map { .string($0.iso8601) } ?? .null),
                        .init("days", .integer(Int64(days))), .init("speed", .string(speed.rawValue)),
                        .init("dry_run", .bool(isDryRun)), .init("newly_ordered", .integer(Int64(ordered))),
                    ] + items.json)
            }
            guard !program.output.isQuiet else { return }
            for line in ThawText(items, isMetadata: stage == .metadata, setting.zone).lines {
                try program.console.print(PrintableText.escaped(line))
            }
        }
    }
}

extension ThawSpeed {
    /// How long it takes, as archives say of themselves.
    fileprivate var expectation: String {
        switch self {
        case .bulk: "12 to 48 hours"
        case .standard: "3 to 12 hours"
        case .expedited: "a few minutes, where the archive can do that"
        }
    }
}
