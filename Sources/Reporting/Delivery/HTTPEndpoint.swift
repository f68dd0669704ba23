internal import JSON
public import Support
public import Transport

/// An HTTP endpoint with its credentials.
public struct HTTPEndpoint: Sendable {
    /// A name, and a value that may be secret.
    public struct Field: Sendable {
        /// The name.
        public let name: String
        /// The value.
        public let value: Secret

        /// A field from its parts.
        public init(_ name: String, _ value: Secret) {
            self.name = name
            self.value = value
        }
    }

    /// Where to send; many receivers' URLs are secrets.
    public var url: Secret
    /// How to send it in place of how the message says; a GET has no body.
    public var method: HTTPRequest.Method?
    /// Each of them signs, as Standard Webhooks asks, so that a receiver can change from one to the next.
    public var keys: [SigningKey]
    /// Whether the header fields of Standard Webhooks go along, also without a key.
    public var isWebhook: Bool
    /// Further header fields; they replace those of the message.
    public var headers: [Field]
    /// Further members of the body, which is a JSON object.
    public var members: [Field]
    /// How answers are to be read.
    public var dialect: HTTPDialect
    /// The clock, which signatures carry.
    public var now: @Sendable () -> Timestamp

    /// An endpoint from its parts.
    public init(
        url: Secret, method: HTTPRequest.Method? = nil, keys: [SigningKey] = [], isWebhook: Bool = false,
        headers: [Field] = [], members: [Field] = [], dialect: HTTPDialect = .plain,
        now: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) {
        self.url = url
        self.method = method
        self.keys = keys
        self.isWebhook = isWebhook
        self.headers = headers
        self.members = members
        self.dialect = dialect
        self.now = now
    }

    func send(
        _ message: ReportMessage, _ transport: Transport, _ limits: TransportTimeouts,
        _ cancellation: CancellationFlag?
    ) -> DeliveryAttempt {
        do throws(ReportingError) {
            let request = try request(message, limits)
            return attempt(request, transport, cancellation)
        } catch {
            return DeliveryAttempt(.refused, "\(error)")
        }
    }

    private func attempt(
        _ request: HTTPRequest, _ transport: Transport, _ cancellation: CancellationFlag?
    ) -> DeliveryAttempt {
        do throws(TransportError) {
            return dialect.judge(try transport.send(request, cancellation: cancellation), now: now())
        } catch {
            return DeliveryAttempt(error)
        }
    }

    private func request(_ message: ReportMessage, _ limits: TransportTimeouts) throws(ReportingError) -> HTTPRequest {
        let method = method ?? HTTPRequest.Method(rawValue: message.method) ?? .post
        let body = method == .get ? [] : try self.body(of: message)
        var fields = HTTPHeaders()
        for field in message.headers where method != .get || field.name != "Content-Type" {
            fields[field.name] = field.value
        }
        for field in headers { fields[field.name] = field.value.reveal() }
        if isWebhook {
            let time = now()
            fields["webhook-id"] = message.id
            fields["webhook-timestamp"] = "\(time.seconds)"
            if !keys.isEmpty {
                var signatures: [String] = []
                for key in keys { signatures.append(try key.signature(id: message.id, timestamp: time, body: body)) }
                fields["webhook-signature"] = signatures.joined(separator: " ")
            }
        }
        return HTTPRequest(
            method, ReportURL(url.reveal()).adding(path: message.path, query: message.query), headers: fields,
            body: body, timeouts: limits)
    }

    private func body(of message: ReportMessage) throws(ReportingError) -> [UInt8] {
        guard !members.isEmpty else { return message.body }
        guard let document = try? JSONValue(parsing: message.body), let own = document.object else {
            throw .invalidAddress(reason: "what is kept of it cannot be read")
        }
        let added = members.map { JSONValue.Member($0.name, .string($0.value.reveal())) }
        return JSONValue.object(added + own).serialized()
    }
}
