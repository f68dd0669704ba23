internal import Schedule

/// Cron expressions of other programs.
enum Cron {
    /// Whether an expression names a day that no year has, which is how some programs are told never to start.
    static func isNever(_ text: String) -> Bool {
        let fields = text.split(whereSeparator: \.isWhitespace).map { $0.lowercased() }
        guard (5...7).contains(fields.count) else { return false }
        // With seconds in front there are six, and seven with a year behind.
        let day = fields.count == 5 ? 2 : 3
        switch fields[day + 1] {
        case "2", "02", "feb": return ["30", "31"].contains(fields[day])
        case "4", "6", "9", "11", "04", "06", "09": return fields[day] == "31"
        default: return false
        }
    }

    /// An expression as a value of this language; `nil` when it is none.
    static func written(_ text: String) -> DraftValue? {
        var expression = text.trimmed
        if expression.hasPrefix("@every "), let span = Spans.go(String(expression.dropFirst(7))) {
            return .flow(("every", .word(span)))
        }
        // Some programs have seven fields, or a question mark for "any day".
        expression = expression.replacing("?", with: "*")
        if expression == "@annually" { expression = "@yearly" }
        if expression == "@midnight" { expression = "@daily" }
        do throws(CronProblem) {
            _ = try CronExpression(expression)
            return .word(expression)
        } catch {
            return nil
        }
    }
}
