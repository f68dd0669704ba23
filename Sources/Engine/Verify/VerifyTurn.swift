public import Support

/// The part of a store that one of several checks examines, so that together they examine all of it.
public struct VerifyTurn: Sendable, Hashable {
    /// Of how many checks this is one.
    public let turns: Int
    /// Whatever was examined before this moment has its turn now, however much that is; nil for no such moment.
    ///
    /// Checks that did not take place are made up for by it.
    public let deadline: Timestamp?
    /// How much is examined at least; nil leaves it to the turns.
    public let sample: VerifySample?

    /// One of several checks.
    public init(turns: Int, deadline: Timestamp? = nil, sample: VerifySample? = nil) {
        self.turns = max(1, turns)
        self.deadline = deadline
        self.sample = sample
    }

    /// How many sets that are, when the kind with the most volumes has that many.
    func sets(ofLargest count: Int) -> Int {
        max((count + turns - 1) / turns, sample?.sets(ofLargest: count) ?? 0)
    }
}
