internal import Glibc

/// The folders that a walk has still to read, handed out depth first.
///
/// Only lists of subfolders are kept, and the newest list is emptied first, so there are at most as many lists as
/// the tree is deep times the number of threads. Adding never waits, so threads cannot block each other.
final class PendingFolders: @unchecked Sendable {
    // Every stored property below is touched only with `lock` held.
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private var stack: [Subfolders] = []
    private var busy = 0
    private var waiting = 0
    private var isCancelled = false

    /// The subfolders of one folder.
    struct Subfolders {
        let parent: [UInt8]
        /// Names, each followed by a slash.
        var names: [UInt8] = []
        var next = 0

        mutating func take() -> [UInt8] {
            let end = names[next...].firstIndex(of: UInt8(ascii: "/")) ?? names.count - 1
            defer { next = end + 1 }
            return parent + names[next...end]
        }
    }

    init() {
        lock = .allocate(capacity: 1)
        changed = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        pthread_cond_init(changed, nil)
    }

    /// Adds the subfolders of a folder, and tells the threads that wait.
    func add(_ subfolders: Subfolders) {
        guard !subfolders.names.isEmpty else { return }
        pthread_mutex_lock(lock)
        stack.append(subfolders)
        if waiting > 0 { pthread_cond_broadcast(changed) }
        pthread_mutex_unlock(lock)
    }

    /// The path of a folder to read, ending with `/`; `nil` when all are read or the walk is cancelled.
    ///
    /// Whoever gets a path calls ``finish()`` after having added its subfolders.
    func next() -> [UInt8]? {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while stack.isEmpty, busy > 0, !isCancelled {
            waiting += 1
            pthread_cond_wait(changed, lock)
            waiting -= 1
        }
        guard !isCancelled, !stack.isEmpty else { return nil }
        let last = stack.count - 1
        let path = stack[last].take()
        if stack[last].next == stack[last].names.count { stack.removeLast() }
        busy += 1
        return path
    }

    /// Says that a folder from ``next()`` is read.
    func finish() {
        pthread_mutex_lock(lock)
        busy -= 1
        if busy == 0, waiting > 0 { pthread_cond_broadcast(changed) }
        pthread_mutex_unlock(lock)
    }

    /// Ends the walk for all threads.
    func cancel() {
        pthread_mutex_lock(lock)
        isCancelled = true
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(lock)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(lock)
        changed.deallocate()
        lock.deallocate()
    }
}
