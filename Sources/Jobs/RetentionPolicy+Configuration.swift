public import Configuration
public import Engine

extension RetentionPolicy {
    /// The rules of a job.
    public init(_ specification: RetentionSpecification) {
        self.init(
            tiers: Self.tiers(specification.tiers), keepWithin: specification.keepWithin.map { RetentionSpan($0) },
            keepVersions: specification.keepVersions, minVersions: specification.minVersions ?? 1,
            maxDelete: specification.maxDelete)
    }

    /// The rules that a text says, in the configuration's notation or in Duplicati's; `nil` when it is neither.
    public init?(tiers text: String) {
        guard let tiers = RetentionSpecification.tiers(parsing: text) else { return nil }
        self.init(tiers: Self.tiers(tiers))
    }

    private static func tiers(_ tiers: [RetentionSpecification.Tier]) -> [Tier] {
        tiers.map { Tier(frame: $0.period.map { RetentionSpan($0) }, interval: $0.interval.map { RetentionSpan($0) }) }
    }
}

extension RetentionSpan {
    /// A span as the configuration has it.
    fileprivate init(_ duration: CalendarDuration) {
        self.init(
            years: duration.years, months: duration.months, seconds: duration.seconds,
            description: duration.description)
    }
}
