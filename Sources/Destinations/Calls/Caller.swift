internal import Support
internal import Transport

/// Makes the calls of one destination: paced, repeated while that makes sense, and ended when asked to.
///
/// A call is tried by a closure that makes one attempt. What it throws decides: `.transient` and `.throttled` are tried
/// again within the rules, `.corrupt` three times in all, anything else is final.
final class Caller: Sendable {
    /// One attempt of a call.
    struct Attempt {
        /// 1 for the first.
        let number: Int
        /// Whether an earlier attempt may have done it although no answer came.
        let earlierMayHaveArrived: Bool
    }

    /// Where, for errors: the destination's label.
    let label: String
    let environment: DestinationEnvironment

    private let transport: Transport
    private let rules: CallRules
    private let timeouts: TransportTimeouts
    private let outage: Outage
    private let storm = StormBudget()
    private let gate: ConcurrencyGate

    init(label: String, connection: ConnectionOptions, environment: DestinationEnvironment) {
        self.label = label
        self.environment = environment
        rules = connection.rules
        timeouts = connection.timeouts
        transport = Transport(version: environment.version, settings: connection.transport)
        outage = Outage(rules: connection.rules, clock: environment.clock, cancellation: environment.cancellation)
        gate = ConcurrencyGate(most: connection.rules.parallelCalls, clock: environment.clock)
    }

    private var clock: CallClock { environment.clock }

    // MARK: One attempt

    /// Sends a request once, with the destination's time limits, and returns whatever the server answers.
    ///
    /// Redirects are responses like others.
    /// - Throws: the destination error of a connection that failed.
    func send(
        _ request: HTTPRequest, into sink: (any ResponseSink)? = nil, _ operation: DestinationError.Operation,
        _ object: String? = nil
    ) throws(DestinationError) -> HTTPResponse {
        var request = request
        request.timeouts = timeouts
        request.followsRedirects = false
        do throws(TransportError) {
            return try transport.send(request, into: sink, cancellation: environment.cancellation)
        } catch {
            throw DestinationError(error, operation, object, at: label)
        }
    }

    // MARK: Many attempts

    /// Makes a call until it succeeds, fails for good, or has been tried long enough.
    /// - Parameters:
    ///   - operation: what is done.
    ///   - object: the object that it is done to.
    ///   - patience: how long it may take with its repetitions, and without waiting for an outage to end; nil for as
    ///     long as the rules allow. Deletions never wait long: what entitles to them may end meanwhile.
    ///   - attempt: makes one attempt.
    /// - Returns: what the attempt that succeeded has brought.
    /// - Throws: why it is given up, with the number of attempts.
    func run<Value>(
        _ operation: DestinationError.Operation, _ object: String? = nil, within patience: Duration? = nil,
        _ attempt: (Attempt) throws(DestinationError) -> Value
    ) throws(DestinationError) -> Value {
        let patience = patience ?? (operation == .delete ? Self.patienceOfDeletions : nil)
        var rules = rules
        if let patience { rules.budget = min(rules.budget, patience) }
        var progress = CallProgress(rules: rules, began: clock.now())
        while true {
            if patience != nil, outage.isOn {
                throw (progress.lastError ?? unreachable(operation, object)).tried(progress.attempts)
            }
            let before = clock.now()
            let pass = outage.pass()
            // An outage is waited out beside the call's own time.
            progress.began += outage.hadContact ? clock.now() - before : .zero
            if pass == .none {
                guard !environment.cancellation.isCancelled else { throw cancelled(operation, object) }
                throw (progress.lastError ?? unreachable(operation, object)).tried(progress.attempts)
            }
            guard gate.enter(environment.cancellation) else {
                outage.abandoned(pass)
                throw cancelled(operation, object)
            }
            do throws(DestinationError) {
                defer { gate.leave() }
                let value = try attempt(progress.attempt)
                outage.answered(pass)
                storm.earn()
                return value
            } catch {
                try recover(from: error, pass, &progress)
            }
        }
    }

    /// Waits for the next attempt, or throws when there is none.
    private func recover(
        from error: DestinationError, _ pass: Outage.Pass, _ progress: inout CallProgress
    ) throws(DestinationError) {
        var error = error
        switch error.kind {
        case .cancelled, .localFile, .localSpace: outage.abandoned(pass)
        case .transient where error.isOfConnection: outage.failed(pass)
        default: outage.answered(pass)
        }
        if error.kind == .throttled { gate.slowDown() }
        progress.failed(error)
        if environment.cancellation.isCancelled {
            error.kind = .cancelled
            error.detail = "the run was stopped"
            throw error
        }
        // While the outage lasts, the line that all calls wait in is the pause.
        if outage.isOn { return }
        let least = error.isRetryable && error.retryAfter == nil && !storm.spend() ? rules.longestPause : .zero
        let pause = progress.pause(
            after: error, random: clock.random(), least: least, now: clock.now(), outage.hadContact)
        guard let pause else { throw error.tried(progress.attempts) }
        environment.onRetry(.init(error: error, attempts: progress.attempts, pause: pause))
        if pause > .zero { clock.sleep(pause, environment.cancellation) }
    }

    /// Less than half of what a lease lasts after it was confirmed.
    private static let patienceOfDeletions = Duration.seconds(240)

    private func unreachable(_ operation: DestinationError.Operation, _ object: String?) -> DestinationError {
        DestinationError(
            .transient, operation, object: object, at: label, detail: "the destination has not answered for a while")
    }

    private func cancelled(_ operation: DestinationError.Operation, _ object: String?) -> DestinationError {
        DestinationError(.cancelled, operation, object: object, at: label, detail: "the run was stopped")
    }
}

extension DestinationError {
    /// The same, after the destination has tried for itself.
    fileprivate func tried(_ attempts: Int) -> DestinationError {
        var error = self
        error.attempts = attempts
        return error
    }
}
