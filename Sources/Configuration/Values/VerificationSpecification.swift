/// What is read back and checked after a backup.
public struct VerificationSpecification: Sendable, Hashable {
    /// How much.
    public enum Amount: Sendable, Hashable {
        /// Nothing.
        case off
        /// That many sets of one filelist, one index volume and one data volume.
        case sets(Int)
        /// That share of the volumes, in percent.
        case percent(Double)

        /// Reads `off`, a number of sets (0 is off), or a share with `%`.
        init?(parsing text: String) {
            if text == "off" {
                self = .off
            } else if text.hasSuffix("%") {
                guard let share = Double(text.dropLast()), share >= 0, share <= 100 else { return nil }
                self = share == 0 ? .off : .percent(share)
            } else {
                guard let sets = Int(text), sets >= 0 else { return nil }
                self = sets == 0 ? .off : .sets(sets)
            }
        }
    }

    /// After which runs.
    public enum Occasion: String, Sendable, Hashable, CaseIterable {
        /// After those that changed the store.
        case changed
        /// After every one.
        case always
    }

    /// How much is checked.
    public let amount: Amount
    /// After which runs.
    public let occasion: Occasion

    /// What is checked beside the backups.
    public let remote: RemoteVerification?
    /// The restores that prove that a restore works.
    public let drill: DrillSpecification?

    /// What is checked; one set after each run that changed the store, unless told.
    public init(
        amount: Amount = .sets(1), occasion: Occasion = .changed, remote: RemoteVerification? = nil,
        drill: DrillSpecification? = nil
    ) {
        self.amount = amount
        self.occasion = occasion
        self.remote = remote
        self.drill = drill
    }
}
