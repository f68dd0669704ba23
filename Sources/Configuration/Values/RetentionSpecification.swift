/// Which versions are kept.
public struct RetentionSpecification: Sendable, Hashable {
    /// Up to an age, one version an interval.
    public struct Tier: Sendable, Hashable {
        /// The age the tier reaches to; `nil` is for ever.
        public let period: CalendarDuration?
        /// The distance between the versions that stay; `nil` keeps all.
        public let interval: CalendarDuration?

        /// A tier; `nil` means for ever and all.
        public init(period: CalendarDuration?, interval: CalendarDuration?) {
            self.period = period
            self.interval = interval
        }
    }

    /// The tiers by rising age, with Duplicati's meaning: ages relative to now.
    ///
    /// Empty when none are given.
    public let tiers: [Tier]
    /// The number of newest versions that are kept, whatever their age.
    public let keepVersions: Int?
    /// The age up to which every version is kept.
    public let keepWithin: CalendarDuration?
    /// The number of versions that deleting never goes below.
    public let minVersions: Int?
    /// The most versions that one run may delete.
    public let maxDelete: Int?

    /// These rules where they say something, and the others' where they do not.
    func laid(over other: RetentionSpecification?) -> RetentionSpecification {
        RetentionSpecification(
            tiers: tiers.isEmpty ? other?.tiers ?? [] : tiers, keepVersions: keepVersions ?? other?.keepVersions,
            keepWithin: keepWithin ?? other?.keepWithin, minVersions: minVersions ?? other?.minVersions,
            maxDelete: maxDelete ?? other?.maxDelete)
    }
}
