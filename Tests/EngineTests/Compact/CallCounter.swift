import Synchronization

/// A number that several threads count up.
final class CallCounter: Sendable {
    private let count = Atomic<Int>(0)

    var value: Int { count.load(ordering: .relaxed) }

    /// Counts, and returns the new number.
    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}
