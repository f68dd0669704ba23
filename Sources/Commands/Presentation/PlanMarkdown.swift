internal import Configuration
internal import Jobs
internal import Support

/// A plan as the comment of a pull request: GitHub's Markdown.
struct PlanMarkdown {
    private(set) var lines: [String] = []
    private let words: PlanWords

    /// A comment has at most 65,536 characters, and a reader less patience.
    private static let mostRows = 40
    private static let longest = 400
    private static let mostBytes = 60_000

    init(_ plan: Plan, _ verdict: PlanVerdict, zone: TimeZoneClock) {
        words = PlanWords(zone: zone) { Self.code($0) }
        lines = ["### Dunnage plan", "", "**\(PlanWords.summary(plan))**", ""]
        if let sentence = PlanWords.verdict(plan, verdict, option: { "`\($0)`" }) {
            lines += ["> [!WARNING]", "> \(sentence)", ""]
        }
        for job in plan.jobs { add(job) }
        if !plan.changes.isEmpty {
            lines += ["#### Beside the jobs", ""]
            add(plan.changes)
        }
        if plan.unchangedJobs > 0 {
            lines += ["\(HumanText.count(plan.unchangedJobs, "job")) without a change.", ""]
        }
        switch plan.secrets {
        case .skipped: lines += ["Secrets were not fetched.", ""]
        case .checked(let unresolved) where !unresolved.isEmpty:
            lines += ["#### Secrets that cannot be had", ""]
            lines += unresolved.prefix(Self.mostRows).map { "- \(Self.code($0.name)): \(Self.text($0.reason))" }
            addRest(unresolved.count, of: Self.mostRows)
            lines.append("")
        case .checked: break
        }
        add(plan.diagnostics)
        cut()
        lines.append(
            "Plan `\(plan.hash)`, against \(Self.code(plan.base)); configuration `\(plan.fingerprint.prefix(15))`.")
    }

    /// What keeps a candidate from being used.
    static func refusal(_ error: InvalidConfiguration) -> [String] {
        var page = PlanMarkdown()
        page.lines = ["### Dunnage plan", "", "**The configuration cannot be used.**", ""]
        page.add(error.diagnostics)
        return page.lines
    }

    private init() {
        words = PlanWords(zone: TimeZoneClock()) { Self.code($0) }
    }

    // MARK: Parts

    private mutating func add(_ job: PlannedJob) {
        let kind =
            switch job.kind {
            case .added: "new"
            case .changed: "changed"
            case .removed: "removed"
            }
        lines += ["#### Job \(Self.code(job.name)): \(kind)", ""]
        if !job.changes.isEmpty { add(job.changes) }
        let stores = job.stores.map { "- \(words.store($0))" }
        lines += stores.prefix(Self.mostRows)
        addRest(stores.count, of: Self.mostRows)
        for effect in job.retention { add(effect) }
        if let files = job.files { add(files) }
        if let schedule = job.schedule {
            if let old = schedule.old { lines.append("- was due: \(words.times(old))") }
            if let new = schedule.new { lines.append("- is due: \(words.times(new))") }
        }
        if lines.last != "" { lines.append("") }
    }

    private mutating func add(_ changes: [PlanChange]) {
        lines += ["| | value | was → is | written at |", "|---|---|---|---|"]
        for change in changes.prefix(Self.mostRows) {
            let cells = [
                PlanWords.mark(change), Self.code(change.path), words.change(change),
                change.origin.map { Self.code($0.place) } ?? "",
            ]
            lines.append("| \(cells.joined(separator: " | ")) |")
        }
        lines.append("")
        addRest(changes.count, of: Self.mostRows)
        if lines.last != "" { lines.append("") }
    }

    private mutating func add(_ effect: RetentionEffect) {
        let mark = effect.isDestructive || effect.isUnknown ? "⚠️ " : ""
        lines.append("- \(mark)\(words.retention(effect))")
        guard case .versions(let deletion) = effect.finding else { return }
        let versions = deletion.versions
        addDetails(
            "Versions",
            versions.prefix(Self.mostRows).map { words.version($0).map { Self.code($0) }.joined(separator: " ") },
            of: versions.count)
    }

    private mutating func add(_ files: FilesEffect) {
        switch files {
        case .skipped(let reason): lines.append("- files that come in or go out: \(reason)")
        case .walked(let found):
            if found.removed.files > 0 {
                lines.append("- \(words.removed(found.removed))")
                addDetails("Files that leave", found.removed.sample.map { Self.code($0) }, of: found.removed.files)
            }
            if found.added.files > 0 {
                lines.append("- \(words.added(found.added))")
                addDetails("Files that come in", found.added.sample.map { Self.code($0) }, of: found.added.files)
            }
            lines += found.problems.map { "- \(Self.code($0))" }
            if found.problemCount > found.problems.count {
                lines.append("- and \(HumanText.count(found.problemCount - found.problems.count, "more problem"))")
            }
        }
    }

    /// A list that is folded until somebody opens it.
    private mutating func addDetails(_ title: String, _ items: [String], of count: Int) {
        lines += ["", "  <details><summary>\(title)</summary>", ""]
        lines += items.map { "  - \($0)" }
        if count > items.count { lines.append("  - … and \(HumanText.count(count - items.count)) more") }
        lines += ["", "  </details>", ""]
    }

    private mutating func add(_ diagnostics: [Diagnostic]) {
        guard !diagnostics.isEmpty else { return }
        lines += ["#### Diagnostics", "", "| place | code | problem |", "|---|---|---|"]
        for diagnostic in diagnostics.prefix(Self.mostRows) {
            let mark = diagnostic.severity == .error ? "❌ " : ""
            lines.append(
                "| \(Self.code(diagnostic.place)) | \(mark)\(diagnostic.code.rawValue) | "
                    + "\(Self.text(diagnostic.message)) |")
        }
        lines.append("")
        addRest(diagnostics.count, of: Self.mostRows)
        if lines.last != "" { lines.append("") }
    }

    private mutating func addRest(_ count: Int, of most: Int) {
        if count > most { lines.append("… and \(HumanText.count(count - most)) more") }
    }

    /// Ends the page where it gets too long for a comment.
    private mutating func cut() {
        var bytes = 0
        let fitting = lines.prefix { line in
            bytes += line.utf8.count + 1
            return bytes <= Self.mostBytes
        }
        guard fitting.count < lines.count else { return }
        let isOpen =
            fitting.last { $0.contains("<details>") || $0.contains("</details>") }?.contains("<details>") ?? false
        lines = Array(fitting) + (isOpen ? ["", "  </details>"] : [])
        lines += ["", "… the rest is longer than a comment may be; `dunnage plan` prints all of it.", ""]
    }

    // MARK: Escapes

    /// A text from outside as code.
    private static func code(_ text: String) -> String { "<code>\(self.text(text))</code>" }

    /// A text that no Markdown or HTML in it can leave: whatever could mean something is a number.
    ///
    /// Backticks would not do: a backtick in the text ends them, and a `|` ends the cell of a table all the same.
    private static func text(_ text: String) -> String {
        let short = text.count > longest ? "\(text.prefix(longest))…" : text
        var result = ""
        for scalar in PrintableText.escaped(short).unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", " ", "/", ",": result.unicodeScalars.append(scalar)
            case _ where scalar.isASCII: result += "&#\(scalar.value);"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
