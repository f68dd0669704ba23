internal import Engine
internal import JSON
internal import Support

/// What was taken out of versions, for people.
enum PurgeText {
    static func lines(_ summary: PurgeSummary, isDone: Bool, _ zone: TimeZoneClock) -> [String] {
        var lines = summary.paths.map { PrintableText.escaped($0) }
        if summary.pathCount > summary.paths.count {
            lines.append("… and \(HumanText.count(summary.pathCount - summary.paths.count)) more")
        }
        for version in summary.versions {
            var parts: [String] = []
            if version.removed > 0 {
                parts.append("\(HumanText.count(version.removed, "entry", plural: "entries")) taken out")
            }
            if version.stripped > 0 {
                parts.append(
                    "\(HumanText.count(version.stripped, "entry", plural: "entries")) without owner, mode and times")
            }
            if isDone, version.newTime != version.time { parts.append("now that of \(zone.text(version.newTime))") }
            lines.append("version of \(zone.text(version.time)): \(parts.joined(separator: ", "))")
        }
        for time in summary.deleted {
            lines.append("version of \(zone.text(time)): \(isDone ? "deleted" : "all of its files")")
        }
        return lines
    }
}

extension PurgeSummary {
    /// The summary for machines.
    var json: [JSONValue.Member] {
        [
            .init("path_count", .integer(Int64(pathCount))), .init("paths", .array(paths.map { .string($0) })),
            .init(
                "versions",
                .array(
                    versions.map {
                        .object([
                            .init("version", .string($0.time.iso8601)),
                            .init("new_version", .string($0.newTime.iso8601)),
                            .init("removed", .integer(Int64($0.removed))),
                            .init("stripped", .integer(Int64($0.stripped))),
                        ])
                    })),
            .init("deleted", .array(deleted.map { .string($0.iso8601) })),
        ]
    }
}
