internal import Support

/// When something happens again and again, as `cron` has it.
///
/// Five fields (minute, hour, day of month, month, weekday), or six with seconds before them; `@daily` and its kin.
/// When day of month and weekday are both restricted, either is enough, as in Vixie's cron. `H` is a number that a
/// stable hash of ``resolved(seed:)`` chooses.
public struct CronExpression: Sendable, Hashable, CustomStringConvertible {
    /// The text as it was written.
    public let description: String
    private let fields: [CronField]

    /// Reads an expression.
    /// - Throws: `CronProblem` with the part that is wrong and what to write instead.
    public init(_ text: String) throws(CronProblem) {
        description = text
        fields = try CronParser.fields(text)
        guard resolved(seed: "").hasDays else {
            throw CronProblem("no month that it names has such a day, so it would never run")
        }
    }

    /// Whether `H` stands in it.
    public var isHashed: Bool {
        fields.contains { $0.parts.contains { if case .hashed = $0 { true } else { false } } }
    }

    /// Whether it runs more often than once an hour or by the hour: then it follows the clock through changes of the
    /// time, where others keep to a time of the day.
    var followsTheClock: Bool { fields[CronField.Kind.hour.rawValue].isStar }

    /// The expression with its hashes chosen; `seed` is what is to have a time of its own, the instance and the job.
    public func resolved(seed: String) -> CronTimes {
        let sets = fields.map { $0.numbers(seed: StableHash.of("\(seed)\n\($0.kind.rawValue)")) }
        let days = fields[CronField.Kind.dayOfMonth.rawValue]
        let weekdays = fields[CronField.Kind.dayOfWeek.rawValue]
        return CronTimes(
            seconds: sets[0].sorted(), minutes: sets[1].sorted(), hours: sets[2].sorted(), days: sets[3],
            months: sets[4], weekdays: sets[5], special: days.parts + weekdays.parts,
            eitherDay: !days.isStar && !weekdays.isStar, followsTheClock: followsTheClock)
    }
}
