internal import CPosix
internal import Glibc
internal import Synchronization

/// A thread of our own for work that blocks, with a name that debuggers and `top` show.
///
/// Swift's cooperative pool has one thread per core and stops when they wait; a thread here costs nobody else.
public final class WorkerThread: @unchecked Sendable {
    // `handle` is written once before init returns, and `isJoined` is atomic.
    private var handle = pthread_t()
    private let isJoined = Atomic<Bool>(false)

    /// Starts `body` at once.
    ///
    /// Only the first 15 characters of `name` are shown by the system.
    /// - Throws: `SystemError` when the system has no thread to give.
    public init(_ name: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        let status = pthread_create(&handle, nil, run, start.toOpaque())
        guard status == 0 else {
            start.release()
            throw SystemError("start a thread", code: status)
        }
    }

    /// Waits for the end of the thread.
    public func join() {
        guard !isJoined.exchange(true, ordering: .acquiringAndReleasing) else { return }
        pthread_join(handle, nil)
    }

    deinit {
        if !isJoined.load(ordering: .acquiring) { pthread_detach(handle) }
    }
}

private final class Start: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}

private func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
    cposix_set_thread_name(start.name)
    start.body()
    return nil
}
