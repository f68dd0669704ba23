internal import Synchronization

/// The destinations that still need the sources of a run; tells once when none does.
final class SourceReaders: Sendable {
    private let names: Mutex<Set<String>>
    private let atEnd: @Sendable () -> Void

    /// All of these destinations read.
    init(_ names: [String], atEnd: @escaping @Sendable () -> Void) {
        self.names = Mutex(Set(names))
        self.atEnd = atEnd
    }

    /// Says that a destination does not need them any more; may be said again.
    func end(_ name: String) {
        let isLast = names.withLock { $0.remove(name) != nil && $0.isEmpty }
        if isLast { atEnd() }
    }
}
