internal import YAML

/// Something that is checked and carried, but that no command acts on yet.
struct PendingUse {
    /// What it is: a key, or a key with a value.
    let subject: String
    /// Where such a key stands, with `NAME` for names.
    let pattern: String
    /// Where this one stands.
    let path: String
    let range: SourceRange
}

/// Says, once for each key of the language, that nothing acts on it yet: nothing is silently without effect.
enum PendingCheck {
    static func run(_ check: inout SchemaCheck) {
        // Who has errors to mend has no run to wonder about.
        guard check.findings.all.allSatisfy({ $0.code.severity == .warning }) else { return }
        var groups: [String: [PendingUse]] = [:]
        var order: [String] = []
        for use in check.pending {
            // What stands in `defaults` is met again in every job.
            let pattern = use.pattern.hasPrefix("defaults.") ? "jobs.NAME.\(use.pattern.dropFirst(9))" : use.pattern
            let key = "\(pattern)\n\(use.subject)"
            if groups[key] == nil { order.append(key) }
            if groups[key]?.contains(where: { $0.range.start == use.range.start }) == true { continue }
            groups[key, default: []].append(use)
        }
        for key in order {
            guard let uses = groups[key]?.sorted(by: { $0.range.start < $1.range.start }),
                let first = uses.first
            else { continue }
            let more = uses.dropFirst().prefix(5).map { use in
                let isHere = use.range.start.source == first.range.start.source
                return isHere ? "line \(use.range.start.line)" : check.sources.place(of: use.range)
            }.joined(separator: ", ")
            let rest = uses.count > 6 ? " and \(uses.count - 6) more" : ""
            check.add(
                .notActedOn,
                "\(first.subject) in \(parent(of: first)) is checked, but `dunnage run` does not act on it yet",
                at: first.range, in: Place(), notes: uses.count > 1 ? ["also at \(more)\(rest)"] : [])
        }
    }

    private static func parent(of use: PendingUse) -> String {
        guard let dot = use.path.lastIndex(of: ".") else { return "the top level" }
        return String(use.path[..<dot])
    }
}
