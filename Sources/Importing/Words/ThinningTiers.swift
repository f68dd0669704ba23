/// Rules like `keep_daily: 7`, as tiers of ages.
enum ThinningTiers {
    /// One rule: that many versions, one in each of these.
    struct Rule {
        let option: String
        /// At most as many as make sense for any unit.
        let count: Int
        /// The unit in this language, and its length in days.
        let unit: String
        let days: Double

        init(option: String, count: Int, unit: String, days: Double) {
            self.option = option
            self.count = min(max(count, -1), 100_000)
            self.unit = unit
            self.days = days
        }
    }

    /// The units, from the shortest on, with the ends of the options' names.
    static let units: [(end: String, unit: String, days: Double)] = [
        ("secondly", "s", 1 / 86_400.0), ("minutely", "min", 1 / 1440.0), ("hourly", "h", 1 / 24.0), ("daily", "d", 1),
        ("weekly", "w", 7),
        ("monthly", "mo", 30), ("3monthly", "3mo", 91), ("yearly", "y", 365),
    ]

    /// The tiers of rules.
    /// - Parameters:
    ///   - rules: the rules, from the shortest unit on.
    ///   - isSum: whether a rule counts only what those before it have left, as borg does.
    /// - Returns: the tiers as text, and the rules that reach no further than one before.
    static func tiers(_ rules: [Rule], isSum: Bool) -> (text: String, useless: [Rule]) {
        var parts: [String] = []
        var useless: [Rule] = []
        var reach = 0.0
        for rule in rules where rule.count != 0 {
            if rule.count < 0 {
                parts.append("forever:\(step(rule))")
                break
            }
            let length = Double(rule.count) * rule.days
            let total = isSum ? reach + length : length
            guard total > reach else {
                useless.append(rule)
                continue
            }
            if isSum, reach > 0 {
                parts.append("\(Int(total.rounded(.up)))d:\(step(rule))")
                reach = total.rounded(.up)
            } else {
                parts.append("\(span(rule)):\(step(rule))")
                reach = total
            }
        }
        return (parts.joined(separator: ", "), useless)
    }

    private static func step(_ rule: Rule) -> String { rule.unit.first?.isNumber == true ? rule.unit : "1\(rule.unit)" }

    private static func span(_ rule: Rule) -> String {
        rule.unit == "3mo" ? "\(rule.count * 3)mo" : "\(rule.count)\(rule.unit)"
    }
}
