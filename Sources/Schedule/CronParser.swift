/// Reads cron expressions.
///
/// The grammar is that of Vixie's cron with names, steps and lists, with Jenkins' `H` and Quartz' `L` and `#`.
enum CronParser {
    static let words = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
    ]

    static func fields(_ text: String) throws(CronProblem) -> [CronField] {
        if text.hasPrefix("@") {
            guard let expression = words[text.lowercased()] else { throw unknownWord(text) }
            return try fields(expression)
        }
        let written = text.split(separator: " ").map(String.init)
        guard written.count == 5 || written.count == 6 else {
            throw CronProblem(
                "it has \(written.count) field\(written.count == 1 ? "" : "s"), not 5 (minute, hour, day of month, "
                    + "month, weekday) or 6 (with seconds before them)",
                advice: written.count == 7
                    ? "leave out the year" : words["@\(text.lowercased())"].map { _ in "write `@\(text.lowercased())`" }
            )
        }
        let kinds = CronField.Kind.allCases.suffix(written.count)
        var fields: [CronField] = written.count == 5 ? [CronField(kind: .second, isStar: false, parts: [zero])] : []
        for (kind, text) in zip(kinds, written) { fields.append(try field(kind, text)) }
        return fields
    }

    private static let zero = CronField.Part.range(0...0, step: 1)

    private static func unknownWord(_ text: String) -> CronProblem {
        let lower = text.lowercased()
        if lower.hasPrefix("@every") {
            let span = lower.dropFirst("@every".count).filter { $0 != " " }
            return CronProblem(
                "`@every` is not a cron expression",
                advice: "write `schedule: { every: \(span.isEmpty ? "6h" : span) }`"
            )
        }
        if lower.hasSuffix("-random"), words[String(lower.dropLast("-random".count))] != nil {
            return CronProblem("the word is not known", advice: "write `H` for a stable choice: `H H * * *` is daily")
        }
        if lower == "@reboot" {
            return CronProblem("`@reboot` names no time", advice: "`catch_up: once` makes up for a run that was missed")
        }
        return CronProblem(
            "the word is not known", advice: "write @hourly, @daily, @weekly, @monthly, @yearly or five fields")
    }

    private static func field(_ kind: CronField.Kind, _ text: String) throws(CronProblem) -> CronField {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        var read: [CronField.Part] = []
        for part in parts { read.append(try self.part(kind, String(part))) }
        return CronField(kind: kind, isStar: text.hasPrefix("*"), parts: read)
    }

    private static func part(_ kind: CronField.Kind, _ text: String) throws(CronProblem) -> CronField.Part {
        guard !text.isEmpty else { throw CronProblem("a comma has nothing beside it among \(kind.noun)") }
        if text == "?" {
            throw CronProblem("`?` belongs to Quartz", part: "?", advice: "write `*`")
        }
        if text.uppercased() == "L", kind == .dayOfMonth { return .lastDay }
        if kind == .dayOfWeek, let special = try weekday(text) { return special }
        let pieces = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard pieces.count <= 2 else { throw CronProblem("it has two steps", part: text) }
        let step = try pieces.count == 2 ? self.step(kind, pieces[1], in: text) : nil
        if pieces[0].hasPrefix("H") || pieces[0].hasPrefix("h") { return try hashed(kind, pieces[0], step) }
        let range = try self.range(kind, pieces[0], hasStep: step != nil)
        return .range(range, step: step ?? 1)
    }

    private static func step(
        _ kind: CronField.Kind, _ text: String, in part: String
    ) throws(CronProblem) -> Int {
        guard let step = number(text), step >= 1 else {
            throw CronProblem("the step `\(text)` is not a number from 1 on", part: part)
        }
        guard step <= kind.bounds.upperBound else {
            throw CronProblem("a step of \(step) is more than \(kind.noun) have", part: part)
        }
        return step
    }

    private static func range(
        _ kind: CronField.Kind, _ text: String, hasStep: Bool
    ) throws(CronProblem) -> ClosedRange<Int> {
        if text == "*" { return kind == .dayOfWeek ? 0...6 : kind.bounds }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard ends.count <= 2 else { throw CronProblem("it is not a range", part: text) }
        let from = try value(kind, ends[0], in: text)
        guard ends.count == 2 else { return hasStep ? from...kind.bounds.upperBound : from...from }
        var to = try value(kind, ends[1], in: text)
        if kind == .dayOfWeek, to == 0, from > 0 { to = 7 }
        guard from <= to else {
            let (low, high) = (kind.bounds.lowerBound, kind == .dayOfWeek ? 6 : kind.bounds.upperBound)
            throw CronProblem(
                "the range runs backwards", part: text, advice: "write `\(from)-\(high),\(low)-\(to)`")
        }
        return from...to
    }

    private static func value(_ kind: CronField.Kind, _ text: String, in part: String) throws(CronProblem) -> Int {
        if let index = kind.names.firstIndex(of: String(text.lowercased().prefix(3))), text.count >= 3,
            isName(text.lowercased(), kind, index)
        {
            return kind == .month ? index + 1 : index
        }
        guard let number = number(text) else {
            throw CronProblem("`\(text)` is not a number among \(kind.noun)", part: part)
        }
        guard kind.bounds.contains(number) else {
            throw CronProblem(
                "\(number) is out of range for \(kind.noun), "
                    + "which are \(kind.bounds.lowerBound) to \(kind.bounds.upperBound)", part: part)
        }
        return number
    }

    private static let longNames = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december", "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
    ]

    private static func isName(_ text: String, _ kind: CronField.Kind, _ index: Int) -> Bool {
        text == kind.names[index] || longNames[(kind == .month ? 0 : 12) + index] == text
    }

    private static func hashed(
        _ kind: CronField.Kind, _ text: String, _ step: Int?
    ) throws(CronProblem) -> CronField.Part {
        guard text.count > 1 else { return .hashed(kind.hashed, step: step) }
        let inner = text.dropFirst(2).dropLast()
        guard text.dropFirst().hasPrefix("("), text.hasSuffix(")"), inner.contains("-") else {
            throw CronProblem("it is not a hash", part: text, advice: "write `H`, `H/15` or `H(0-29)`")
        }
        let range = try range(kind, String(inner), hasStep: false)
        return .hashed(range, step: step)
    }

    /// `5L`, the last Friday, and `5#2`, the second.
    private static func weekday(_ text: String) throws(CronProblem) -> CronField.Part? {
        if let hash = text.firstIndex(of: "#") {
            let day = try value(.dayOfWeek, String(text[..<hash]), in: text) % 7
            guard let count = number(String(text[text.index(after: hash)...])), (1...5).contains(count) else {
                throw CronProblem("a month has a weekday once to five times", part: text, advice: "write `\(day)#1`")
            }
            return .nthWeekday(day, count)
        }
        guard text.count > 1, text.hasSuffix("L") || text.hasSuffix("l") else { return nil }
        return .lastWeekday(try value(.dayOfWeek, String(text.dropLast()), in: text) % 7)
    }

    private static func number(_ text: String) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 4, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text)
    }
}
