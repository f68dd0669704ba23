public import Destinations
public import Support

/// The right to change a store, held by one run at a time on whatever machine.
///
/// It is an object at the destination that names its holder and ends by itself unless it is renewed, which a thread of
/// its own does. Objects are never replaced: each renewal and each new holder posts the next number, and of two who
/// want the same number only one succeeds. Whoever has posted looks again before it believes that it holds the lease;
/// only then it removes what was there before. So a holder has lost its lease exactly when its object is gone.
public final class Lease: Sendable {
    private let keeper: LeaseKeeper

    private init(_ keeper: LeaseKeeper) {
        self.keeper = keeper
    }

    deinit { keeper.release() }

    /// Takes the lease, or fails when somebody else has it.
    ///
    /// - Parameters:
    ///   - destination: where the store is.
    ///   - prefix: the prefix of the store's objects; nil takes what is there.
    ///   - passphrase: encrypts the lease, when the store is encrypted.
    ///   - request: who asks.
    ///   - retry: what to do about failures that may pass.
    ///   - cancellation: ends the attempt.
    ///   - awaitsVerification: false returns as soon as the lease is posted, and looks again meanwhile: until
    ///     ``confirm(awaitsVerification:)`` has returned somebody else may be the one who gets it, and nothing but
    ///     reading is allowed.
    /// - Returns: the lease, which is renewed until it is released.
    /// - Throws: `.leased` with the holder, `.destination`, `.system`, `.cancelled`.
    public static func acquire(
        at destination: any Destination, prefix: String? = nil, passphrase: Secret?, _ request: LeaseRequest,
        retry: RetryPolicy = RetryPolicy(), cancellation: Cancellation = Cancellation(),
        awaitsVerification: Bool = true
    ) throws(EngineError) -> Lease {
        do {
            let folder = try TemporaryFolder()
            let board = LeaseBoard(
                objects: SmallObject(destination: destination, passphrase: passphrase, folder: folder.path),
                prefix: prefix, retry: retry, cancellation: cancellation)
            let keeper = try LeaseKeeper.take(on: board, request, folder, awaitsVerification: awaitsVerification)
            return Lease(keeper)
        } catch {
            throw EngineError(error, doing: "take the lease on the store")
        }
    }

    /// The prefix of the store that it is on.
    public var prefix: String { keeper.prefix }

    /// Makes sure that the lease is still held; to be called before what cannot be undone.
    ///
    /// - Parameter awaitsVerification: false does not wait for a lease that nobody waited for when it was taken, and
    ///   only tells whether it is known to be lost; for reading on.
    /// - Throws: `.leaseLost`, `.leased` when another one got the lease after all, or what keeps the destination from
    ///   answering.
    public func confirm(awaitsVerification: Bool = true) throws(EngineError) {
        do {
            try keeper.confirm(awaitsVerification: awaitsVerification)
        } catch {
            throw EngineError(error, doing: "confirm the lease on the store")
        }
    }

    /// Gives the lease back; further calls do nothing.
    ///
    /// A lease that cannot be removed now ends by itself, and does not hinder the next run of this machine.
    public func release() { keeper.release() }

    /// All leases on a store, oldest first: more than one only while somebody takes over.
    public static func holders(
        at destination: any Destination, prefix: String? = nil, passphrase: Secret?, now: Timestamp = .now()
    ) throws(EngineError) -> [LeaseHolder] {
        do {
            let folder = try TemporaryFolder()
            let board = LeaseBoard(
                objects: SmallObject(destination: destination, passphrase: passphrase, folder: folder.path),
                prefix: prefix, retry: RetryPolicy(), cancellation: Cancellation())
            var request = LeaseRequest(activity: "unlock")
            request.now = { now }
            return try board.view().leases.compactMap { lease in
                try board.read(lease).map { posted in
                    board.holder(posted, isLive: board.isLive(posted, request, remembered: []))
                }
            }
        } catch {
            throw EngineError(error, doing: "read the lease on the store")
        }
    }

    /// Removes a lease, whoever holds it: a run that still goes on notices before it writes a version or deletes.
    public static func remove(_ holder: LeaseHolder, at destination: any Destination) throws(EngineError) {
        do throws(DestinationError) {
            try destination.delete(holder.object)
        } catch {
            throw .destination(error)
        }
    }
}
