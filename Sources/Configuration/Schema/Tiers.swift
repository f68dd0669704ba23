/// Retention tiers, written as a text: `7d:1d, 4w:1w, forever:1mo`.
enum Tiers {
    static let forever = "forever"
    static let all = "all"

    /// The words of the periods and intervals, when the text can be read.
    static func words(_ text: String) -> [(period: String, interval: String)] {
        parse(text) == nil ? [] : parts(text).map { ($0[0], $0[1]) }
    }

    static func parse(_ text: String) -> [RetentionSpecification.Tier]? {
        let tiers = parts(text).map { part -> RetentionSpecification.Tier? in
            guard part.count == 2 else { return nil }
            return tier(part[0], part[1])
        }
        return tiers.contains { $0 == nil } ? nil : tiers.compactMap { $0 }
    }

    static func tier(_ period: String, _ interval: String) -> RetentionSpecification.Tier? {
        let span = period == forever ? nil : CalendarDuration(parsing: period)
        let step = interval == all ? nil : CalendarDuration(parsing: interval)
        guard span != nil || period == forever, step != nil || interval == all else { return nil }
        return RetentionSpecification.Tier(period: span, interval: step)
    }

    static func problem(_ text: String) -> ValueKind.Problem? {
        for part in parts(text) {
            guard part.count == 2 else {
                return ValueKind.Problem(
                    code: .badValue, message: "`\(part.joined(separator: ":"))` is not a tier in",
                    notes: ["expected `age:interval` pairs like 7d:1d, 4w:1w, 12mo:1mo"],
                    part: part.joined(separator: ":"))
            }
            if part[0] != forever, let problem = Durations.problem(part[0], or: forever) {
                return named(problem, part[0])
            }
            if part[1] != all, let problem = Durations.problem(part[1], or: all) { return named(problem, part[1]) }
        }
        return nil
    }

    private static func named(_ problem: ValueKind.Problem, _ part: String) -> ValueKind.Problem {
        ValueKind.Problem(
            code: problem.code, message: problem.message.replacing("%", with: "`\(part)`"), notes: problem.notes,
            help: part == "U" ? ["Duplicati's `U` is `forever` before the colon and `all` after it"] : problem.help,
            part: part)
    }

    private static func parts(_ text: String) -> [[String]] {
        text.split(separator: ",", omittingEmptySubsequences: false).map { tier in
            tier.split(separator: ":", omittingEmptySubsequences: false).map { part in
                String(part.trimmingPrefix { $0.isWhitespace }.reversed().trimmingPrefix { $0.isWhitespace }.reversed())
            }
        }
    }
}
