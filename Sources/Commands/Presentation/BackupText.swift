internal import Engine
internal import Jobs
internal import Reporting
internal import Support

/// What came of a job's run, for people: a line for each destination.
struct BackupText {
    private let result: JobResult
    private let zone: TimeZoneClock

    init(_ result: JobResult, zone: TimeZoneClock) {
        self.result = result
        self.zone = zone
    }

    var lines: [String] { result.destinations.map { line($0) } }

    private func line(_ destination: DestinationResult) -> String {
        let place = "\(result.job) → \(destination.name): "
        guard let summary = destination.summary else {
            return "\(place)\(destination.outcome.isInterrupted ? "stopped" : "failed")"
        }
        let kind = summary.isPartial ? "stopped; partial version" : "version"
        let none = summary.isPartial ? "stopped before anything had changed" : "nothing has changed, no new version"
        let made = summary.version.map { "\(kind) of \(zone.text($0))" } ?? none
        var parts = [
            "\(made)", "\(HumanText.count(summary.files, "file")), \(HumanText.size(summary.bytes))",
        ]
        if summary.version != nil {
            parts.append(
                "\(HumanText.count(summary.added)) added, \(HumanText.count(summary.modified)) modified, "
                    + "\(HumanText.count(summary.removed)) removed")
        }
        parts.append("\(HumanText.size(summary.uploadedBytes)) stored in \(HumanText.duration(destination.duration))")
        if let deleted = destination.maintenance?.retention?.deleted.count, deleted > 0 {
            parts.append("\(HumanText.count(deleted, "old version")) deleted")
        }
        if let refused = destination.maintenance?.retention?.refused {
            parts.append("refused to delete \(HumanText.count(refused, "old version"))")
        }
        if let compaction = destination.maintenance?.compaction, compaction.bytesFreed > 0 {
            parts.append("\(HumanText.size(compaction.bytesFreed)) given back")
        }
        let errors = destination.problems.errors
        if errors > 0 { parts.append("\(HumanText.count(errors, "error")) in the store") }
        let warnings = destination.problems.warnings
        if warnings > 0 { parts.append(HumanText.count(warnings, "warning")) }
        return place + parts.joined(separator: "; ")
    }
}
