internal import Synchronization

/// Whether something has happened, told from one thread to another.
final class HeldFlag: Sendable {
    private let value = Atomic<Bool>(false)

    var isSet: Bool { value.load(ordering: .relaxed) }

    func set() { value.store(true, ordering: .relaxed) }
}
