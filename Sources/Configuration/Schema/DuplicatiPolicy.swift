/// Retention tiers in Duplicati's notation: `1W:1D,4W:1W,12M:1M`.
enum DuplicatiPolicy {
    private static let unlimited = "U"

    static func parse(_ text: String) -> [RetentionSpecification.Tier]? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let tiers = parts.map { part -> RetentionSpecification.Tier? in
            let fields = part.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard fields.count == 2 else { return nil }
            let period = fields[0] == unlimited ? nil : CalendarDuration(duplicati: fields[0])
            let interval = fields[1] == unlimited ? nil : CalendarDuration(duplicati: fields[1])
            guard period != nil || fields[0] == unlimited, interval != nil || fields[1] == unlimited else { return nil }
            return RetentionSpecification.Tier(period: period, interval: interval)
        }
        // Duplicati takes the frames in any order and sorts them; equal ones have no meaning.
        let found = tiers.compactMap { $0 }
        guard found.count == tiers.count, Set(found.map { $0.period?.fixedSeconds }).count == found.count else {
            return nil
        }
        return found.sorted { ($0.period?.fixedSeconds ?? .max) < ($1.period?.fixedSeconds ?? .max) }
    }

    static func problem(_ text: String) -> ValueKind.Problem? {
        guard parse(text) == nil else { return nil }
        return ValueKind.Problem(
            code: .badValue, message: "% is not a policy of Duplicati in",
            notes: ["expected `age:interval` pairs like 1W:1D,4W:1W,12M:1M; units are s m h D W M Y, and U has no end"],
            help: Tiers.parse(text) == nil ? [] : ["write `tiers: \"\(text)\"`"])
    }
}

extension RetentionSpecification {
    /// Reads tiers as they stand in a configuration (`7d:1d, 4w:1w`), or in Duplicati's notation (`7D:1D,4W:1W`).
    ///
    /// No text has two meanings: what both notations read is the same in both.
    public static func tiers(parsing text: String) -> [Tier]? {
        Tiers.parse(text) ?? DuplicatiPolicy.parse(text)
    }
}
