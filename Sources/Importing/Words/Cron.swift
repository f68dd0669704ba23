internal import Schedule

/// Cron expressions of other programs.
enum Cron {
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
