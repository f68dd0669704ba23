internal import Glibc

/// A first-in, first-out queue between threads that holds back a producer when it is full.
///
/// `close()` ends it in order: what is inside is still delivered. `cancel()` ends it at once.
public final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
    // Every stored property below is touched only with `lock` held.
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let notEmpty: UnsafeMutablePointer<pthread_cond_t>
    private let notFull: UnsafeMutablePointer<pthread_cond_t>
    private var ring: [Element?]
    private var head = 0
    private var count = 0
    private var isClosed = false
    private var waitingConsumers = 0
    private var waitingProducers = 0

    /// A queue for at most `capacity` (1 or more) elements.
    public init(capacity: Int) {
        ring = Array(repeating: nil, count: max(1, capacity))
        lock = .allocate(capacity: 1)
        notEmpty = .allocate(capacity: 1)
        notFull = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        pthread_cond_init(notEmpty, nil)
        pthread_cond_init(notFull, nil)
    }

    /// Adds an element, waiting while the queue is full; false when the queue has ended and the element was dropped.
    @discardableResult
    public func push(_ element: Element) -> Bool {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while count == ring.count, !isClosed {
            waitingProducers += 1
            pthread_cond_wait(notFull, lock)
            waitingProducers -= 1
        }
        guard !isClosed else { return false }
        ring[(head + count) % ring.count] = element
        count += 1
        if waitingConsumers > 0 { pthread_cond_signal(notEmpty) }
        return true
    }

    /// Takes the oldest element, waiting while the queue is empty; `nil` once it has ended.
    public func pop() -> Element? {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while count == 0, !isClosed {
            waitingConsumers += 1
            pthread_cond_wait(notEmpty, lock)
            waitingConsumers -= 1
        }
        guard count > 0 else { return nil }
        let element = ring[head]
        ring[head] = nil
        head = (head + 1) % ring.count
        count -= 1
        if waitingProducers > 0 { pthread_cond_signal(notFull) }
        return element
    }

    /// Accepts nothing more; what is inside is still delivered.
    public func close() {
        end(dropping: false)
    }

    /// Accepts and delivers nothing more.
    public func cancel() {
        end(dropping: true)
    }

    private func end(dropping: Bool) {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        isClosed = true
        if dropping {
            for index in ring.indices { ring[index] = nil }
            count = 0
        }
        pthread_cond_broadcast(notEmpty)
        pthread_cond_broadcast(notFull)
    }

    deinit {
        pthread_cond_destroy(notFull)
        pthread_cond_destroy(notEmpty)
        pthread_mutex_destroy(lock)
        notFull.deallocate()
        notEmpty.deallocate()
        lock.deallocate()
    }
}
