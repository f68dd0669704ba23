internal import Synchronization

/// Idle handles, the last used first, since its connections are the freshest.
final class HandlePool: Sendable {
    private let idle = Mutex<[EasyHandle]>([])
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
    }

    func take() -> EasyHandle? {
        idle.withLock { $0.popLast() } ?? EasyHandle()
    }

    func giveBack(_ handle: EasyHandle) {
        handle.reset()
        idle.withLock { handles in
            if handles.count < capacity { handles.append(handle) }
        }
    }
}
