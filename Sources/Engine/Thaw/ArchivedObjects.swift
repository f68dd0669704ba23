internal import Destinations
internal import Support
internal import Synchronization

/// Which of the objects that a listing calls archived can be read all the same, because they have come already.
struct ArchivedObjects {
    private let destination: any Destination
    private let retry: RetryPolicy
    private let cancellation: Cancellation
    private let progress: RunProgress

    init(
        _ destination: any Destination, retry: RetryPolicy, cancellation: Cancellation, progress: RunProgress
    ) {
        self.destination = destination
        self.retry = retry
        self.cancellation = cancellation
        self.progress = progress
    }

    /// The objects that cannot be read now, sorted.
    func unreadable(_ names: [String]) throws(EngineError) -> [String] {
        try states(names).filter { !$0.value.isReadable }.keys.sorted()
    }

    /// Where each object stands; where nobody can be asked, it lies in the archive.
    func states(_ names: [String]) throws(EngineError) -> [String: ThawState] {
        guard let archive = destination as? any Archiving else {
            return Dictionary(names.map { ($0, ThawState.archived) }) { first, _ in first }
        }
        let states = States()
        try ParallelWork.forEach(names, threads: 8, cancellation: cancellation) {
            [retry, cancellation, progress] name throws(EngineError) in
            let state = try retry.run(cancellation, progress) { () throws(DestinationError) in
                try archive.thawState(of: name)
            }
            states.set(state, of: name)
        }
        return states.all
    }

    private final class States: Sendable {
        private let known = Mutex<[String: ThawState]>([:])

        var all: [String: ThawState] { known.withLock { $0 } }

        func set(_ state: ThawState, of name: String) { known.withLock { $0[name] = state } }
    }
}
