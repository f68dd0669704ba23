/// How thoroughly a store is examined.
public enum VerifyLevel: Sendable, Hashable {
    /// Only whether all objects are there, with the right sizes; nothing is fetched.
    case listing
    /// The listing, and some objects fetched and checked with all that is in them: those whose turn it is.
    case sample(VerifySample)
    /// The listing, and those objects whose turn it is so that each has one within a time.
    case turn(VerifyTurn)
    /// Every object is fetched, and every block, filelist and description in it checked.
    case full

    /// The level in one word, for reports.
    public var name: String {
        switch self {
        case .listing: "listing"
        case .sample, .turn: "sample"
        case .full: "full"
        }
    }

    /// Whether some objects are fetched, and not all of them.
    var isSample: Bool {
        switch self {
        case .sample, .turn: true
        case .listing, .full: false
        }
    }
}

/// How many sets of one filelist, one index volume and one data volume are examined.
public enum VerifySample: Sendable, Hashable, CustomStringConvertible {
    /// That many sets.
    case sets(Int)
    /// That share of the kind of volume there is most of, in percent; at least one set.
    case percent(Double)

    /// Reads `3` or `2.5%`; nil for anything else, for less than one set, and for more than 100 %.
    public init?(_ text: String) {
        if text.hasSuffix("%") {
            guard let share = Double(text.dropLast()), share > 0, share <= 100 else { return nil }
            self = .percent(share)
        } else {
            guard let sets = Int(text), sets > 0 else { return nil }
            self = .sets(sets)
        }
    }

    /// As it is written on the command line.
    public var description: String {
        switch self {
        case .sets(let sets): "\(sets)"
        case .percent(let share): share == share.rounded() ? "\(Int(share))%" : "\(share)%"
        }
    }

    /// How many sets that are, when the kind with the most volumes has that many; half a set counts as one.
    func sets(ofLargest count: Int) -> Int {
        switch self {
        case .sets(let sets): sets
        case .percent(let share):
            max(1, Int((Double(count) * share / 100).rounded(.toNearestOrAwayFromZero)))
        }
    }
}
