/// systemd's calendar expressions, as cron expressions.
enum OnCalendar {
    private static let words = [
        "minutely": "* * * * *", "hourly": "@hourly", "daily": "@daily", "weekly": "0 0 * * mon",
        "monthly": "@monthly", "yearly": "@yearly", "annually": "@yearly", "quarterly": "0 0 1 1,4,7,10 *",
        "semiannually": "0 0 1 1,7 *",
    ]
    private static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// The cron expression of `Mon..Fri *-*-* 02:30:00` and its like; `nil` when cron cannot say it.
    static func cron(_ text: String) -> String? {
        let lower = text.lowercased().trimmed
        if let word = words[lower] { return word }
        var parts = lower.split(whereSeparator: \.isWhitespace).map(String.init)
        var weekdays = "*"
        if let first = parts.first, let list = weekdayList(first) {
            weekdays = list
            parts.removeFirst()
        }
        var date = "*-*-*"
        if let first = parts.first, first.contains("-") {
            date = first
            parts.removeFirst()
        }
        let time = parts.first ?? "00:00:00"
        // What follows is a time zone, which the caller has no place for.
        guard parts.count <= 1 else { return nil }
        var dateFields = date.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        if dateFields.count == 2 { dateFields.insert("*", at: 0) }
        guard dateFields.count == 3, dateFields[0] == "*" else { return nil }
        var timeFields = time.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        if timeFields.count == 2 { timeFields.append("00") }
        guard timeFields.count == 3, ["00", "0"].contains(timeFields[2]),
            let minute = field(timeFields[1]), let hour = field(timeFields[0]), let day = field(dateFields[2]),
            let month = field(dateFields[1])
        else { return nil }
        guard day == "*" || weekdays == "*" else { return nil }
        return "\(minute) \(hour) \(day) \(month) \(weekdays)"
    }

    private static func weekdayList(_ text: String) -> String? {
        let items = text.split(separator: ",").map(String.init)
        guard !items.isEmpty else { return nil }
        var result: [String] = []
        for item in items {
            let ends = item.replacing("..", with: "-").split(separator: "-").map { String($0.prefix(3)) }
            guard ends.count <= 2, ends.allSatisfy({ days.contains($0) }) else { return nil }
            result.append(ends.joined(separator: "-"))
        }
        return result.joined(separator: ",")
    }

    /// One field: numbers, lists, ranges (`..`) and steps (`0/15`, `*/15`).
    private static func field(_ text: String) -> String? {
        let items = text.split(separator: ",", omittingEmptySubsequences: false).map { item -> String? in
            let item = item.replacing("..", with: "-")
            let sides = item.split(separator: "/", omittingEmptySubsequences: false)
            guard (1...2).contains(sides.count), sides.allSatisfy({ !$0.isEmpty }) else { return nil }
            let base = sides[0].split(separator: "-").map { $0 == "*" ? "*" : Int($0).map { "\($0)" } ?? "" }
            guard !base.isEmpty, !base.contains("") else { return nil }
            let start = base.joined(separator: "-")
            guard sides.count == 2 else { return start }
            guard let step = Int(sides[1]) else { return nil }
            return start == "0" || start == "*" ? "*/\(step)" : "\(start)/\(step)"
        }
        return items.contains(nil) ? nil : items.compactMap { $0 }.joined(separator: ",")
    }
}
