/// A value for each of the backups that something concerns, in the order of the backups.
///
/// Mostly that is one backup, and then it costs no allocation.
struct PerTarget<Value> {
    private var first: Value
    private var others: [Value] = []

    /// A value for one backup.
    init(_ first: Value) {
        self.first = first
    }

    /// How many there are, one or more.
    var count: Int { others.count + 1 }

    subscript(position: Int) -> Value { position == 0 ? first : others[position - 1] }

    /// Adds the value of the next backup.
    mutating func append(_ value: Value) { others.append(value) }

    func map<Other>(_ transform: (Value) throws -> Other) rethrows -> PerTarget<Other> {
        var mapped = PerTarget<Other>(try transform(first))
        for value in others { mapped.append(try transform(value)) }
        return mapped
    }

    func contains(where isWanted: (Value) -> Bool) -> Bool {
        isWanted(first) || others.contains(where: isWanted)
    }

    /// The values at those positions for which the answer is yes; `nil` when there is none.
    func filter(_ isWanted: (Int, Value) -> Bool) -> PerTarget? {
        if others.isEmpty { return isWanted(0, first) ? self : nil }
        var kept: PerTarget?
        for position in 0..<count where isWanted(position, self[position]) {
            if kept == nil { kept = PerTarget(self[position]) } else { kept?.append(self[position]) }
        }
        return kept
    }
}

extension PerTarget: Sendable where Value: Sendable {}
