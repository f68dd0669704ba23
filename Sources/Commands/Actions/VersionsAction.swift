internal import Engine
internal import JSON
internal import Jobs
internal import Support

/// Lists the versions of a store.
struct VersionsAction {
    let store: StoreChoice
    let json: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let opened = try OpenedStore(store, program)
        opened.endProgress()
        let versions = try opened.view.versions()
        let holds = try HoldBook(reading: opened.session)
        if json {
            try program.console.print(
                document: "versions",
                [
                    .init("store", .string(opened.label)),
                    .init("versions", .array(versions.map { $0.json(holds.hold(of: $0.time)) })),
                ])
        } else {
            for line in Self.table(versions, holds, opened.setting.zone).lines { try program.console.print(line) }
        }
        return opened.exitCode
    }

    private static func table(_ versions: [StoreView.Version], _ holds: HoldBook, _ zone: TimeZoneClock) -> Table {
        let notes = versions.map { note($0, holds.hold(of: $0.time)) }
        let hasNotes = notes.contains { !$0.isEmpty }
        var table = Table(
            [("VERSION", .right), ("TIME", .left), ("FILES", .right), ("FOLDERS", .right), ("SIZE", .right)]
                + (hasNotes ? [("", .left)] : []))
        for (version, note) in zip(versions, notes) {
            let row = [
                "\(version.number)", zone.text(version.time), HumanText.count(version.files),
                HumanText.count(version.folders), HumanText.size(version.bytes),
            ]
            table.add(row + (hasNotes ? [note] : []))
        }
        return table
    }

    private static func note(_ version: StoreView.Version, _ hold: Hold?) -> String {
        let held = hold.map { hold in "held\(hold.reason.map { ": \($0)" } ?? "")" }
        return [version.isFull ? nil : "partial", held].compactMap { $0 }.joined(separator: ", ")
    }
}

extension StoreView.Version {
    /// The version for machines.
    var json: JSONValue {
        .object([
            .init("number", .integer(Int64(number))), .init("time", .string(time.iso8601)),
            .init("files", .integer(files)), .init("folders", .integer(folders)),
            .init("symlinks", .integer(symlinks)), .init("bytes", .integer(bytes)), .init("full", .bool(isFull)),
        ])
    }

    /// The version for machines, with what holds it.
    fileprivate func json(_ hold: Hold?) -> JSONValue {
        guard let hold, case .object(let members) = json else { return json }
        let held = JSONValue.object([
            .init("since", .string(hold.since.iso8601)), .init("reason", hold.reason.map { .string($0) } ?? .null),
        ])
        return .object(members + [.init("hold", held)])
    }
}
