internal import JSON
internal import Support
internal import Transport

/// Questions to the server of a provider, and what its answers mean.
struct ServiceCall {
    let session: SecretSession
    /// The provider, as people call it.
    let provider: String
    /// Where the value is, for errors.
    let place: String
    let client: Transport

    static let timeouts = TransportTimeouts(
        connect: .seconds(10), idle: .seconds(20), firstByte: .seconds(20), whole: .seconds(30))
    /// For addresses of the own machine or cloud, which answer at once or not at all.
    static let localTimeouts = TransportTimeouts(
        connect: .seconds(2), idle: .seconds(5), firstByte: .seconds(5), whole: .seconds(5))

    private static let attempts = 3

    /// Sends a request, again when the server asks for patience or does not answer.
    func send(_ request: HTTPRequest) throws(SecretError) -> HTTPResponse {
        var attempt = 1
        while true {
            let wait: Duration
            do throws(TransportError) {
                let response = try client.send(request, cancellation: session.surroundings.cancellation)
                guard [429, 500, 502, 503, 504].contains(response.status), attempt < Self.attempts else {
                    return response
                }
                let asked = response.retryAfter(now: session.surroundings.now()) ?? .zero
                wait = max(.milliseconds(250 << attempt), min(asked, .seconds(5)))
            } catch {
                guard error.isTransient, attempt < Self.attempts else { throw failure(error) }
                wait = .milliseconds(250 << attempt)
            }
            attempt += 1
            session.surroundings.pause(wait)
        }
    }

    /// The error of a provider.
    func failure(_ cause: SecretProviderFailure.Cause) -> SecretError { session.failure(provider, place, cause) }

    private func failure(_ error: TransportError) -> SecretError {
        if case .cancelled = error.kind { return failure(.cancelled) }
        return failure(.unreachable("\(error.detail) (\(error.origin))", isTransient: error.isTransient))
    }

    /// What a status other than success means, with the server's words.
    func failure(status: Int, _ words: String) -> SecretError {
        let words = Self.shortened(words)
        switch status {
        case 401: return failure(.rejected(words))
        case 403: return failure(.forbidden(words))
        case 404: return failure(.missing)
        case 429, 500...599: return failure(.unavailable(status: status, words))
        default: return failure(.unexpected(status: status, words))
        }
    }

    /// The JSON document of an answer.
    func json(_ response: HTTPResponse) throws(SecretError) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue(parsing: response.body)
        } catch {
            // The text of a parse error may quote what was read.
            throw failure(.malformed("the answer is not JSON"))
        }
    }

    /// The token that a server of OAuth gives.
    func token(in answer: HTTPResponse) throws(SecretError) -> ServiceToken {
        let document = try? JSONValue(parsing: answer.body)
        guard answer.isSuccess, let text = document?["access_token"]?.string else {
            let words = document?["error_description"]?.string ?? document?["error"]?.string ?? ""
            if [400, 401, 403].contains(answer.status) { throw failure(.rejected(Self.shortened(words))) }
            throw failure(status: answer.status, words)
        }
        // Azure's machines write the number as a text.
        let life = document?["expires_in"]
        return ServiceToken(
            secret: Secret(text), issued: session.surroundings.now(),
            lifetime: life?.integer ?? life?.string.flatMap { Int64($0) } ?? 300)
    }

    /// The server's words, on one line and not too long.
    static func shortened(_ words: String) -> String {
        let line = words.split(whereSeparator: { $0.isWhitespace || $0.isNewline }).joined(separator: " ")
        let printable = String(line.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F })
        return printable.count > 200 ? "\(printable.prefix(199))…" : printable
    }

    /// A body as HTML forms send it.
    static func form(_ fields: [(String, String)]) -> [UInt8] {
        Array(fields.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&").utf8)
    }
}
