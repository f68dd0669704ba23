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
        if json {
            try program.console.print(
                document: "versions",
                [
                    .init("store", .string(opened.label)),
                    .init("versions", .array(versions.map(\.json))),
                ])
        } else {
            for line in Self.table(versions, opened.setting.zone).lines { try program.console.print(line) }
        }
        return opened.exitCode
    }

    private static func table(_ versions: [StoreView.Version], _ zone: TimeZoneClock) -> Table {
        let hasPartial = versions.contains { !$0.isFull }
        var table = Table(
            [("VERSION", .right), ("TIME", .left), ("FILES", .right), ("FOLDERS", .right), ("SIZE", .right)]
                + (hasPartial ? [("", .left)] : []))
        for version in versions {
            let row = [
                "\(version.number)", zone.text(version.time), HumanText.count(version.files),
                HumanText.count(version.folders), HumanText.size(version.bytes),
            ]
            table.add(row + (hasPartial ? [version.isFull ? "" : "partial"] : []))
        }
        return table
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
}
