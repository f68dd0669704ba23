internal import Glibc
public import Support
internal import Synchronization
public import Transport

/// Finds credentials where AWS's own programs do, and keeps them until shortly before they end.
///
/// The order: the environment, a web identity (Kubernetes), a profile of the files, the container's service, the
/// machine's (IMDSv2). The first place that has any decides; halves of pairs are errors. Safe to use from any thread;
/// asking services blocks.
///
/// Keys are renewed a quarter of an hour before their end by the first thread that notices, while the others go on with
/// the old ones; from ten minutes before their end on, all wait for that. When it fails, the old ones are used for as
/// long as they are valid.
public final class AWSCredentialSource: Sendable {
    private struct State {
        var kept: AWSCredentials?
        /// From when on one thread renews them, and from when on all wait for it; nil for never.
        var renewal: (early: Timestamp, late: Timestamp)?
        /// Until when a failed renewal is not tried again, while there are valid keys.
        var pause: Timestamp?
        /// Whether a thread renews them.
        var isBusy = false
        /// Which renewal is running, or was the last, and why it failed.
        var number = 0
        var failure: AWSError?
    }

    private enum Need {
        case nothing(AWSCredentials)
        case renewal
        /// For the end of a renewal.
        case waiting(Int)
        /// The renewal that was waited for has failed.
        case failure(AWSError)
    }

    private let environment: [String: String]
    private let profile: String?
    private let region: String?
    private let role: AWSRole?
    private let asksMachine: Bool
    private let now: @Sendable () -> Timestamp
    private let remote: Transport
    private let local: Transport
    private let state = Mutex(State())

    /// A source.
    /// - Parameters:
    ///   - environment: the variables of this process.
    ///   - profile: the profile to use; the environment's keys are then not looked at.
    ///   - region: where the token service is asked; nil for the environment's, the profile's, or `us-east-1`.
    ///   - role: a role that is assumed with what is found; nil for none.
    ///   - asksMachine: whether the services of containers and machines are asked, at addresses that exist at AWS only:
    ///     elsewhere that costs seconds.
    ///   - remote: talks to services on the network.
    ///   - local: talks to the own machine, without a proxy.
    ///   - now: the clock.
    public init(
        environment: [String: String], profile: String? = nil, region: String? = nil, role: AWSRole? = nil,
        asksMachine: Bool = true, remote: Transport, local: Transport,
        now: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) {
        self.environment = environment
        self.profile = profile
        self.region = region
        self.role = role
        self.asksMachine = asksMachine
        self.remote = remote
        self.local = local
        self.now = now
    }

    /// Credentials that are valid now.
    /// - Parameter cancellation: ends the search.
    /// - Returns: those that are kept, or new ones.
    /// - Throws: `AWSError`, when there are none and those that are kept have ended.
    public func credentials(_ cancellation: CancellationFlag? = nil) throws(AWSError) -> AWSCredentials {
        var awaited: Int?
        while true {
            switch state.withLock({ need(of: &$0, at: now(), awaited) }) {
            case .nothing(let kept): return kept
            case .renewal: return try renew(cancellation)
            case .failure(let error): throw error
            case .waiting(let number):
                awaited = number
                if cancellation?.isCancelled == true { throw .cancelled }
                usleep(5_000)
            }
        }
    }

    /// Forgets what is kept.
    public func forget() {
        state.withLock { state in
            state.kept = nil
            state.renewal = nil
            state.pause = nil
        }
    }

    /// Forgets credentials that a server refuses as expired, if they are still what is kept: of many threads with the
    /// same refusal, one brings new ones.
    public func forget(_ refused: AWSCredentials) {
        guard state.withLock({ $0.kept == refused }) else { return }
        forget()
    }

    /// The region of the environment or the profile.
    public static func region(
        environment: [String: String], profile: String? = nil
    ) throws(AWSError) -> String {
        for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
            if let region = environment[name], !region.isEmpty { return region }
        }
        let name = profile ?? environment["AWS_PROFILE"] ?? "default"
        guard let region = try AWSProfiles(environment: environment)[name]?["region"] else { throw .noRegion }
        return region
    }

    // MARK: Renewal

    /// What a thread has to do that may have waited for a renewal; whoever is told to renew does it.
    private func need(of state: inout State, at time: Timestamp, _ awaited: Int?) -> Need {
        if let kept = state.kept {
            let isValid = kept.expires.map { time < $0 } ?? true
            guard let renewal = state.renewal, time >= renewal.early else { return .nothing(kept) }
            if isValid, let pause = state.pause, time < pause { return .nothing(kept) }
            if state.isBusy { return isValid && time < renewal.late ? .nothing(kept) : .waiting(state.number) }
        } else if state.isBusy {
            return .waiting(state.number)
        }
        // Of many that wait for a service which does not answer, not each in turn has to find that out.
        if awaited == state.number, let failure = state.failure { return .failure(failure) }
        state.isBusy = true
        state.number += 1
        state.failure = nil
        return .renewal
    }

    private func renew(_ cancellation: CancellationFlag?) throws(AWSError) -> AWSCredentials {
        let found: AWSCredentials
        do throws(AWSError) {
            let chain = chain(cancellation)
            found = if let role { try chain.find(as: role) } else { try chain.find() }
        } catch {
            let time = now()
            let old = state.withLock { state -> AWSCredentials? in
                state.isBusy = false
                state.failure = error
                state.pause = Timestamp(seconds: time.seconds + Self.pause)
                return state.kept
            }
            // What is still valid for a moment is better than nothing.
            if let old, old.expires.map({ time < $0 }) ?? true { return old }
            throw error
        }
        let time = now()
        state.withLock { state in
            state.isBusy = false
            state.kept = found
            state.pause = nil
            state.renewal = found.expires.map { Self.renewal(of: $0, from: time) }
        }
        return found
    }

    private static let pause: Int64 = 60

    /// 15 and 10 minutes before the end; nearer to it for keys that live so shortly that they would be renewed always.
    private static func renewal(of end: Timestamp, from time: Timestamp) -> (early: Timestamp, late: Timestamp) {
        let life = max(0, end.seconds - time.seconds)
        return (
            Timestamp(seconds: end.seconds - min(900, life / 2)), Timestamp(seconds: end.seconds - min(600, life / 3))
        )
    }

    private func chain(_ cancellation: CancellationFlag?) -> CredentialChain {
        CredentialChain(
            surroundings: CredentialSurroundings(
                environment: environment, remote: remote, local: local, now: now, cancellation: cancellation),
            profile: profile, region: region, asksMachine: asksMachine)
    }
}
