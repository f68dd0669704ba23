internal import Engine
internal import JSON

/// What copying a store did, for people.
struct SyncText {
    private let summary: SyncSummary
    private let source: String
    private let target: String
    private let isDryRun: Bool
    private let duration: Duration

    init(_ summary: SyncSummary, from source: String, to target: String, isDryRun: Bool, took duration: Duration) {
        self.summary = summary
        self.source = source
        self.target = target
        self.isDryRun = isDryRun
        self.duration = duration
    }

    /// What was copied, what else is there, and what was deleted.
    var lines: [String] {
        let copied = "\(HumanText.count(summary.copied, "object")) (\(HumanText.size(summary.copiedBytes)))"
        var lines = [
            isDryRun
                ? "Nothing was changed. Would copy \(copied) from \(source) to \(target)."
                : "Copied \(copied) from \(source) to \(target) in \(HumanText.duration(duration))."
        ]
        let compared = summary.compared > 0 ? ", their content compared" : ""
        lines.append(
            "\(HumanText.count(summary.present, "object")) of \(HumanText.count(summary.objects)) "
                + "\(summary.present == 1 ? "was" : "were") there already\(compared).")
        if summary.deleted > 0 {
            lines.append(
                "\(isDryRun ? "Would delete" : "Deleted") \(HumanText.count(summary.deleted, "object")) "
                    + "(\(HumanText.size(summary.deletedBytes))) that the store does not have any more.")
        } else if summary.surplus > summary.locked {
            lines.append(
                "\(HumanText.count(summary.surplus, "object")) there "
                    + "\(summary.surplus == 1 ? "is" : "are") no longer in the store; --delete removes them.")
        }
        if summary.locked > 0 {
            lines.append("\(HumanText.count(summary.locked, "object")) to be deleted is locked, and stays for now.")
        }
        return lines
    }
}

extension SyncSummary {
    /// The summary for machines.
    var json: [JSONValue.Member] {
        [
            .init("prefix", .string(prefix)), .init("objects", .integer(Int64(objects))),
            .init("bytes", .integer(bytes)), .init("present", .integer(Int64(present))),
            .init("compared", .integer(Int64(compared))), .init("copied", .integer(Int64(copied))),
            .init("copied_bytes", .integer(copiedBytes)), .init("surplus", .integer(Int64(surplus))),
            .init("deleted", .integer(Int64(deleted))), .init("deleted_bytes", .integer(deletedBytes)),
            .init("locked", .integer(Int64(locked))),
        ]
    }
}
