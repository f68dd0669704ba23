internal import Support
internal import Transport

/// What the search for credentials looks at and talks through.
struct CredentialSurroundings: Sendable {
    /// The variables of this process.
    let environment: [String: String]
    /// Talks to services on the network.
    let remote: Transport
    /// Talks to the own machine, without a proxy.
    let local: Transport
    let now: @Sendable () -> Timestamp
    let cancellation: CancellationFlag?

    private static let timeouts = TransportTimeouts(
        connect: .seconds(10), idle: .seconds(20), firstByte: .seconds(20), whole: .seconds(30))
    private static let attempts = 3

    /// A variable that is set, and not to nothing.
    func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// Asks a service of AWS, again when it does not answer or has a fault of its own.
    func ask(_ request: HTTPRequest, of service: String) throws(AWSError) -> HTTPResponse {
        try ask(request, of: service, through: remote, Self.timeouts, attempts: Self.attempts)
    }

    /// Asks a service of the own machine.
    func askLocally(
        _ request: HTTPRequest, of service: String, within timeout: Duration, attempts: Int
    ) throws(AWSError) -> HTTPResponse {
        let timeouts = TransportTimeouts(connect: timeout, idle: timeout, firstByte: timeout, whole: timeout)
        return try ask(request, of: service, through: local, timeouts, attempts: attempts)
    }

    private func ask(
        _ request: HTTPRequest, of service: String, through client: Transport, _ timeouts: TransportTimeouts,
        attempts: Int
    ) throws(AWSError) -> HTTPResponse {
        var request = request
        request.timeouts = timeouts
        var attempt = 1
        while true {
            do throws(TransportError) {
                let response = try client.send(request, cancellation: cancellation)
                guard response.status >= 500, attempt < attempts else { return response }
            } catch {
                if error.kind == .cancelled { throw .cancelled }
                guard error.isTransient, attempt < attempts else { throw .unreachable(service, error) }
            }
            attempt += 1
        }
    }

    /// The text of a small file without blanks and line breaks: a token, which is read each time since it is renewed.
    func token(_ path: String) throws(AWSError) -> String {
        do throws(SystemError) {
            return String(decoding: try SmallFile.read(path, limit: 64 << 10).filter { $0 > 0x20 }, as: UTF8.self)
        } catch {
            throw .unreadable(path, error.message)
        }
    }

    /// A server's words, on one line and not too long.
    static func shortened(_ words: String) -> String {
        let line = words.split(whereSeparator: { $0.isWhitespace || $0.isNewline }).joined(separator: " ")
        let printable = String(line.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F })
        return printable.count > 200 ? "\(printable.prefix(199))…" : printable
    }
}
