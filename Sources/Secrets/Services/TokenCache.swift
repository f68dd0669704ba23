internal import Support
internal import Synchronization

/// What a login at a server gave.
struct ServiceToken: Sendable {
    let secret: Secret
    /// When it came.
    let issued: Timestamp
    /// How long it lives from then on, in seconds; nil for ever.
    let lifetime: Int64?
    /// Whether its life can be prolonged.
    var isRenewable = false

    /// Whether it can still be used with something to spare.
    func isFresh(at now: Timestamp) -> Bool {
        guard let lifetime else { return true }
        return now.seconds < issued.seconds + lifetime - min(60, lifetime / 4)
    }

    /// Whether so much of its life is over that it should be prolonged.
    func isDue(at now: Timestamp) -> Bool {
        guard isRenewable, let lifetime else { return false }
        return now.seconds > issued.seconds + lifetime * 2 / 3
    }
}

/// The logins of a store, so that secrets of one server need one login.
///
/// Two threads may log in at once; both logins are valid, and the later one is kept.
final class TokenCache: Sendable {
    private let tokens = Mutex<[String: ServiceToken]>([:])

    /// The login under a key that names server and identity.
    subscript(key: String) -> ServiceToken? {
        get { tokens.withLock { $0[key] } }
        set { tokens.withLock { $0[key] = newValue } }
    }
}
