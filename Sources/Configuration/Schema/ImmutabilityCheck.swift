internal import YAML

/// Compares how long objects are locked with how long versions are kept.
enum ImmutabilityCheck {
    static func run(_ root: Node, _ check: inout SchemaCheck) {
        for job in LanguageCheck.jobs(root) {
            for use in job.value["destinations"]?.items ?? [] {
                guard let name = check.text(use["ref"] ?? use),
                    let node = root["destinations"]?[name]?["immutability"]?["for"], let text = check.text(node),
                    let lock = CalendarDuration(parsing: text)
                else { continue }
                // Laid over each other, key by key, as the run has it.
                let rules = [use["retention"], job.value["retention"]].compactMap { $0 }
                guard let (reach, word) = firstReach(rules, check), lock.fixedSeconds > reach else { continue }
                check.add(
                    .lockOutlivesRetention,
                    "objects at `\(name)` are locked for \(text), but jobs.\(job.key) lets versions go from \(word) on",
                    at: node.range, in: Place(),
                    notes: ["what it lets go stays, and takes room, until the lock ends"], subject: job.key)
            }
        }
    }

    /// The age at which the first versions go.
    private static func firstReach(_ rules: [Node], _ check: SchemaCheck) -> (seconds: Int64, word: String)? {
        if let within = rules.lazy.compactMap({ $0["keep_within"] }).first.flatMap(check.text),
            let span = CalendarDuration(parsing: within)
        {
            return (span.fixedSeconds, within)
        }
        guard let tiers = rules.lazy.compactMap({ $0["tiers"] }).first else { return nil }
        let words: (period: String, interval: String)?
        if let first = tiers.items?.first {
            guard let period = first["for"].flatMap(check.text), let step = first["every"].flatMap(check.text) else {
                return nil
            }
            words = (period, step)
        } else {
            words = check.text(tiers).flatMap { Tiers.words($0).first }
        }
        guard let words, let tier = Tiers.tier(words.period, words.interval), let period = tier.period else {
            return nil
        }
        return (period.fixedSeconds, words.period)
    }
}
