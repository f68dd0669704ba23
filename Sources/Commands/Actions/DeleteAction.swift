internal import Catalog
internal import Engine
internal import JSON
internal import Jobs
internal import Support

/// Deletes named versions.
struct DeleteAction {
    let store: StoreChoice
    let allowsLast: Bool
    let isConfirmed: Bool
    let isDryRun: Bool
    let json: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let opened = try OpenedStore(store, program, change: isDryRun ? nil : "delete")
        defer { opened.endProgress() }
        let versions = try opened.versions(store.patterns)
        try refuseHeld(versions, opened)
        opened.endProgress()
        let question = "Deleting \(Self.list(versions, opened)) from \(opened.label)"
        if !isDryRun {
            try Confirmation.require(question, isGiven: isConfirmed, on: program.console)
        }
        let summary =
            isDryRun
            ? nil
            : try DeleteRun(opened.session, problems: opened.problems)
                .run(versions: versions.map(\.id), allowsLast: allowsLast)
        opened.endChange()
        try program.tell {
            if json {
                try program.console.print(
                    document: "delete",
                    [
                        .init("store", .string(opened.label)), .init("dry_run", .bool(isDryRun)),
                        .init(
                            "deleted",
                            .array((summary?.deleted ?? versions.map(\.time)).map { .string($0.iso8601) })),
                        .init("locked", .array((summary?.locked ?? []).map { .string($0.iso8601) })),
                        .init("freed_bytes", .integer(summary?.freedBytes ?? 0)),
                    ])
            } else if let summary, !program.output.isQuiet {
                try program.console.print(DeleteText.line(summary))
            } else if isDryRun {
                try program.console.print("\(question): not done (--dry-run).")
            }
        }
        // Somebody named the versions; one that stays is not what was asked for.
        return summary.map { $0.locked.isEmpty && $0.held.isEmpty ? .success : .refused } ?? .success
    }

    private func refuseHeld(_ versions: [CatalogVersion], _ opened: OpenedStore) throws {
        let holds = try HoldBook(reading: opened.session)
        let held = versions.compactMap { holds.hold(of: $0.time) }
        guard let first = held.first else { return }
        let reason = first.reason.map { " (\($0))" } ?? ""
        throw Failure(
            .refused, .refused,
            "The version of \(opened.setting.zone.text(first.version)) is held\(reason), so nothing was deleted. "
                + "`dunnage release` lets it be deleted.")
    }

    private static func list(_ versions: [CatalogVersion], _ opened: OpenedStore) -> String {
        let times = versions.prefix(5).map { opened.setting.zone.text($0.time) }
        let more = versions.count > 5 ? ", …" : ""
        return "\(HumanText.count(versions.count, "version")) (\(times.joined(separator: ", "))\(more))"
    }
}

/// What deleting did, for people.
enum DeleteText {
    static func line(_ summary: DeleteSummary) -> String {
        "Deleted \(HumanText.count(summary.deleted.count, "version")), "
            + "\(HumanText.count(summary.remaining)) left; \(HumanText.size(summary.freedBytes)) of filelists freed. "
            + "What only they needed goes with the next compaction."
    }
}
