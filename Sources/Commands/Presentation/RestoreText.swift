internal import Engine
internal import Jobs
internal import Support

/// What a restore did, for people.
struct RestoreText {
    private let summary: RestoreSummary
    private let target: String?
    private let zone: TimeZoneClock
    private let duration: Duration

    init(_ summary: RestoreSummary, target: String?, zone: TimeZoneClock, took duration: Duration) {
        self.summary = summary
        self.target = target
        self.zone = zone
        self.duration = duration
    }

    var lines: [String] {
        let place = target.map { "to \($0)" } ?? "to where they came from"
        var parts = [HumanText.count(summary.restoredFiles, "file") + ", \(HumanText.size(summary.bytes))"]
        if summary.folders > 0 { parts.append(HumanText.count(summary.folders, "folder")) }
        if summary.symlinks > 0 { parts.append(HumanText.count(summary.symlinks, "link")) }
        var lines = [
            "Restored from the version of \(zone.text(summary.version)) \(place): "
                + "\(parts.joined(separator: ", ")) in \(HumanText.duration(duration))."
        ]
        if summary.unchangedFiles > 0 {
            lines.append("\(HumanText.count(summary.unchangedFiles, "file")) had the right content already.")
        }
        if summary.patchedFiles > 0 {
            lines.append("\(HumanText.count(summary.patchedFiles, "file")) got only the blocks that differed.")
        }
        if summary.renamedFiles > 0 {
            lines.append("\(HumanText.count(summary.renamedFiles, "file")) got another name, beside one that differs.")
        }
        if summary.leftAlone > 0 {
            lines.append("\(HumanText.count(summary.leftAlone, "path")) left as found, because of what is there.")
        }
        if summary.failed > 0 {
            lines.append("\(HumanText.count(summary.failed, "entry", plural: "entries")) could not be restored.")
        }
        return lines
    }
}
