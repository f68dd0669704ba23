internal import JSON
public import Support
public import Transport

/// Delivers reports to an HTTP endpoint.
///
/// The body is the plain report; CloudEvents' and Standard Webhooks' header fields ride along.
public struct Webhook: Sendable {
    private let name: String
    private let url: Secret
    private let keys: [SigningKey]
    private let transport: Transport
    private let policy: DeliveryPolicy
    private let now: @Sendable () -> Timestamp
    private let sleep: @Sendable (Duration, CancellationFlag?) -> Void

    /// Creates a webhook.
    /// - Parameters:
    ///   - name: the receiver's name in the configuration.
    ///   - url: where to post; many receivers' URLs are secrets.
    ///   - keys: each of them signs, so that a receiver can change from one to the next; none, no signature.
    ///   - transport: what sends.
    ///   - policy: how often and with which pauses.
    ///   - now: the clock, which signatures carry.
    ///   - sleep: lets a pause pass; the default one ends early when the task or the flag is cancelled.
    public init(
        name: String, url: Secret, keys: [SigningKey] = [], transport: Transport,
        policy: DeliveryPolicy = DeliveryPolicy(), now: @escaping @Sendable () -> Timestamp = Timestamp.now,
        sleep: @escaping @Sendable (Duration, CancellationFlag?) -> Void = Pause.pass
    ) {
        self.name = name
        self.url = url
        self.keys = keys
        self.transport = transport
        self.policy = policy
        self.now = now
        self.sleep = sleep
    }

    /// Posts a report until the receiver takes or refuses it, or the policy's attempts are used up.
    ///
    /// Blocks the calling thread.
    /// - Parameters:
    ///   - report: what to tell.
    ///   - mask: is applied to every text that could hold a secret.
    ///   - cancellation: ends the delivery when it is raised.
    /// - Returns: what became of it; a failed delivery is no reason for a run to fail.
    public func deliver(
        _ report: RunReport, masking mask: (String) -> String = { $0 }, cancellation: CancellationFlag? = nil
    ) -> Delivery {
        let body = report.serialized(masking: mask)
        var attempt = 0
        while true {
            attempt += 1
            let (outcome, mayTryAgain, asked) = post(body, of: report, cancellation)
            guard mayTryAgain, let pause = policy.pause(after: attempt, asked: asked) else {
                return Delivery(receiver: name, outcome: outcome, attempts: attempt)
            }
            sleep(pause, cancellation)
            if cancellation?.isCancelled == true || Task.isCancelled {
                return Delivery(receiver: name, outcome: .cancelled, attempts: attempt)
            }
        }
    }

    private func post(
        _ body: [UInt8], of report: RunReport, _ cancellation: CancellationFlag?
    ) -> (outcome: Delivery.Outcome, mayTryAgain: Bool, asked: Duration?) {
        let limit = TransportTimeouts(
            connect: policy.timeout, idle: policy.timeout, firstByte: policy.timeout, whole: policy.timeout)
        let response: HTTPResponse
        do {
            let headers = try headers(for: report, body)
            let request = HTTPRequest(.post, url.reveal(), headers: headers, body: body, timeouts: limit)
            response = try transport.send(request, cancellation: cancellation)
        } catch let error as TransportError {
            return (error.kind == .cancelled ? .cancelled : .failed("\(error)"), error.isTransient, nil)
        } catch {
            return (.failed("\(error)"), false, nil)
        }
        switch response.status {
        case 200..<300:
            return (.delivered(status: response.status), false, nil)
        case 408, 429, 500...:
            return (.unavailable(status: response.status), true, response.retryAfter(now: now()))
        default:
            return (.refused(status: response.status), false, nil)
        }
    }

    /// The header fields of one attempt: the identifier stays, the time and the signature are fresh.
    private func headers(for report: RunReport, _ body: [UInt8]) throws -> HTTPHeaders {
        let id = report.run.id
        let timestamp = now()
        var headers: HTTPHeaders = ["Content-Type": "application/json", "Idempotency-Key": id]
        for (name, value) in CloudEvent(of: report).headers { headers.append(name, value) }
        headers.append("webhook-id", id)
        headers.append("webhook-timestamp", "\(timestamp.seconds)")
        if !keys.isEmpty {
            let signatures = try keys.map { try $0.signature(id: id, timestamp: timestamp, body: body) }
            headers.append("webhook-signature", signatures.joined(separator: " "))
        }
        return headers
    }
}
