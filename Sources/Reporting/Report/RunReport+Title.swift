internal import Support

extension RunReport {
    /// One line for people: `photos: finished with 3 warnings`.
    public var title: String {
        if let headline { return headline }
        let subject = job?.name ?? instance.name
        switch event {
        case .start: return "\(subject): \(run.kind.noun)started"
        case .success: return "\(subject): \(run.kind.noun)finished"
        case .warning:
            let warnings = Self.counted(count(.warning), "warning")
            return "\(subject): \(run.kind.noun)finished with \(count(.warning) == 0 ? "warnings" : warnings)"
        case .failure:
            let errors = Self.counted(count(.error), "error")
            return "\(subject): \(run.kind.noun)failed\(count(.error) == 0 ? "" : " with \(errors)")"
        case .missed:
            let what = run.kind == .backup ? "run " : run.kind.noun
            return
                "\(subject): missed \(run.scheduledFor.map { "the \(what)of \($0.iso8601)" } ?? "a \(what.dropLast())")"
        case .overdue:
            if objective?.subject == .proof {
                return "\(subject): not verified\(objective?.ageSeconds.map { " for \(Self.span($0))" } ?? " yet")"
            }
            guard let age = objective?.ageSeconds else { return "\(subject): overdue, there is no good version" }
            return "\(subject): overdue, the newest version is \(Self.span(age)) old"
        case .digest: return "\(subject): several reports"
        case .recovered:
            return
                "\(subject): recovered, \(objective?.subject == .proof ? "it was verified" : "there is a new version")"
        case .drill: return "\(subject): restore drill \(run.result == .failure ? "failed" : "passed")"
        case .configChanged:
            return "\(subject): configuration \(run.result == .failure ? "refused" : "changed")"
        }
    }

    /// A span of time in its two largest units: `2d 4h`.
    static func span(_ seconds: Int64) -> String {
        let units: [(Int64, String)] = [(86_400, "d"), (3600, "h"), (60, "m"), (1, "s")]
        var rest = max(0, seconds)
        var parts: [String] = []
        for (length, unit) in units where parts.count < 2 && (rest >= length || !parts.isEmpty) {
            if rest / length > 0 { parts.append("\(rest / length)\(unit)") }
            rest %= length
        }
        return parts.isEmpty ? "0s" : parts.joined(separator: " ")
    }
}
