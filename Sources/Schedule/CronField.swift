/// One field of a cron expression: the numbers it matches.
struct CronField: Sendable, Hashable {
    /// What a field counts.
    enum Kind: Int, Sendable, Hashable, CaseIterable {
        case second
        case minute
        case hour
        case dayOfMonth
        case month
        case dayOfWeek

        /// In words, for messages.
        var noun: String {
            switch self {
            case .second: "the seconds"
            case .minute: "the minutes"
            case .hour: "the hours"
            case .dayOfMonth: "the days of the month"
            case .month: "the months"
            case .dayOfWeek: "the weekdays"
            }
        }

        /// The numbers that may be written; 7 is Sunday, as 0 is.
        var bounds: ClosedRange<Int> {
            switch self {
            case .second, .minute: 0...59
            case .hour: 0...23
            case .dayOfMonth: 1...31
            case .month: 1...12
            case .dayOfWeek: 0...7
            }
        }

        /// The numbers that `H` chooses from: every month has them.
        var hashed: ClosedRange<Int> {
            switch self {
            case .dayOfMonth: 1...28
            case .dayOfWeek: 0...6
            default: bounds
            }
        }

        var names: [String] {
            switch self {
            case .month: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
            case .dayOfWeek: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
            default: []
            }
        }
    }

    /// A part between commas.
    enum Part: Sendable, Hashable {
        /// From, to, in steps.
        case range(ClosedRange<Int>, step: Int)
        /// A number, or numbers in steps, that a stable hash chooses within a range.
        case hashed(ClosedRange<Int>, step: Int?)
        /// The last day of the month.
        case lastDay
        /// The last of that weekday in the month.
        case lastWeekday(Int)
        /// That weekday for the nth time in the month.
        case nthWeekday(Int, Int)

        /// Whether the days that it matches are not the same in every month.
        var dependsOnMonth: Bool {
            switch self {
            case .range, .hashed: false
            case .lastDay, .lastWeekday, .nthWeekday: true
            }
        }
    }

    let kind: Kind
    /// Whether it begins with `*`: then it is no restriction of its own.
    let isStar: Bool
    let parts: [Part]

    /// The numbers it matches, once hashes are chosen; without those that depend on the month.
    func numbers(seed: UInt64) -> Set<Int> {
        var found: Set<Int> = []
        for part in parts {
            switch part {
            case .range(let range, let step):
                found.formUnion(stride(from: range.lowerBound, through: range.upperBound, by: step))
            case .hashed(let range, nil): found.insert(range.lowerBound + Int(seed % UInt64(range.count)))
            case .hashed(let range, let step?):
                let start = range.lowerBound + Int(seed % UInt64(min(step, range.count)))
                found.formUnion(stride(from: start, through: range.upperBound, by: step))
            case .lastDay, .lastWeekday, .nthWeekday: break
            }
        }
        if kind == .dayOfWeek, found.remove(7) != nil { found.insert(0) }
        return found
    }
}
