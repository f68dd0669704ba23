internal import Glibc
internal import Support

/// The one login that all threads of a destination share.
///
/// It is renewed shortly before it ends, and when the storage refuses it, by one thread while the others wait. A
/// login that was refused for good is not tried again: accounts lock.
final class LoginKeeper: @unchecked Sendable {
    // Every variable below is touched only with `lock` held.

    /// A login with the moment it came, and a number to tell it from later ones.
    struct Kept: Sendable {
        let login: Login
        let number: Int
        /// By the keeper's clock.
        let since: Duration
    }

    private let attempt: @Sendable () throws(IdentityRefusal) -> Login
    private let now: @Sendable () -> Duration
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private var kept: Kept?
    private var refusal: IdentityRefusal?
    private var isUnderWay = false
    private var attempts = 0
    private var misfortune: (attempt: Int, refusal: IdentityRefusal)?

    /// Keeps what `attempt` brings; only differences of `now` count.
    init(
        now: @escaping @Sendable () -> Duration,
        attempt: @escaping @Sendable () throws(IdentityRefusal) -> Login
    ) {
        self.now = now
        self.attempt = attempt
        lock = .allocate(capacity: 1)
        changed = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(lock)
        changed.deallocate()
        lock.deallocate()
    }

    /// The login of now, whether or not it is still good; nil before the first.
    var known: Login? {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return kept?.login
    }

    /// A login that is valid for another while.
    ///
    /// Waits while another thread logs in, and shares its fortune; only if that one was stopped, the next one tries.
    func current() throws(IdentityRefusal) -> Kept {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while true {
            if let refusal { throw refusal }
            if let kept, isFresh(kept) { return kept }
            if !isUnderWay { return try renew() }
            let awaited = attempts
            while isUnderWay, attempts == awaited { pthread_cond_wait(changed, lock) }
            if let misfortune, misfortune.attempt == awaited { throw misfortune.refusal }
        }
    }

    /// Forgets a login that the storage refused, unless another thread has renewed it meanwhile.
    func forget(_ refused: Kept) {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        if kept?.number == refused.number { kept = nil }
    }

    /// How long a login has been held.
    func age(of kept: Kept) -> Duration { now() - kept.since }

    /// Logs in without holding the lock; the caller holds it before and after.
    private func renew() throws(IdentityRefusal) -> Kept {
        isUnderWay = true
        attempts += 1
        pthread_mutex_unlock(lock)
        let since = now()
        let result: Result<Login, IdentityRefusal>
        do throws(IdentityRefusal) {
            result = .success(try attempt())
        } catch {
            result = .failure(error)
        }
        pthread_mutex_lock(lock)
        isUnderWay = false
        pthread_cond_broadcast(changed)
        switch result {
        case .success(let login):
            let fresh = Kept(login: login, number: attempts, since: since)
            kept = fresh
            return fresh
        case .failure(let error):
            if !error.isPassing {
                refusal = error
            } else if error.kind != .cancelled {
                misfortune = (attempts, error)
            }
            throw error
        }
    }

    /// Two minutes before its end a login is renewed, or after half of a life that is hardly longer.
    private func isFresh(_ kept: Kept) -> Bool {
        guard let life = kept.login.life else { return true }
        return now() - kept.since < max(life - .seconds(120), life / 2)
    }
}
