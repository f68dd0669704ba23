internal import Support
internal import Transport
internal import XML

/// An answer that is no success, with what its body says.
struct S3Refusal {
    let status: Int
    /// The server's word for it; nil where there is no body.
    let code: String?
    let message: String?
    let headers: HTTPHeaders
    /// The `Error` element.
    let body: XMLElement?
    /// What the caller of the destination gets to know.
    let error: DestinationError

    /// Reads an answer, which may be a success with an error in its body; its error says none of the secrets.
    init(
        _ response: HTTPResponse, to request: S3Request, _ operation: DestinationError.Operation, _ object: String?,
        at label: String, now: Timestamp, hiding secrets: [Secret] = []
    ) {
        status = response.status
        headers = response.headers
        body = Self.element(of: response)
        code = body?.text("Code").flatMap { $0.isEmpty ? nil : $0 } ?? response.headers["x-amz-error-code"]
        message = body?.text("Message").flatMap { $0.isEmpty ? nil : $0 }
        let meaning = S3Meaning.of(
            code: code, status: response.status, message: message, request: .init(request), operation)
        var error = DestinationError(
            meaning.kind, operation, object: object, at: label,
            detail: Self.detail(code, message, body, response, hiding: secrets), advice: meaning.advice)
        if meaning.kind == .throttled || meaning.kind == .transient { error.retryAfter = response.retryAfter(now: now) }
        // A server that fails may have done it before.
        error.mayHaveArrived = request.changesSomething && (response.status >= 500 || response.status == 200)
        self.error = error
    }

    /// The `Error` element of a body, if it has one.
    static func element(of response: HTTPResponse) -> XMLElement? {
        guard !response.body.isEmpty, response.body.count <= 1 << 20,
            let element = try? XMLElement(parsing: response.body)
        else { return nil }
        if element.name == "Error" { return element }
        // Some put it into an envelope; what a batch could not delete is no error of the batch.
        return element.name == "ErrorResponse" ? element.first("Error") : nil
    }

    /// Code, message, status and the request's number: what the provider's support asks for.
    private static func detail(
        _ code: String?, _ message: String?, _ body: XMLElement?, _ response: HTTPResponse, hiding secrets: [Secret]
    ) -> String {
        let words = Self.words(code, message, hiding: secrets)
        let number =
            body?.text("RequestId") ?? response.headers["x-amz-request-id"] ?? response.headers["x-oss-request-id"]
        let request = number.map { "request \(printable($0, hiding: secrets))" }
        let place = ["HTTP \(response.status)", request].compactMap { $0 }
        let text = words.isEmpty ? HTTPWords.of(response.status) : words
        return "\(text) (\(place.joined(separator: ", ")))"
    }

    /// A server's word for what is wrong, and its sentence.
    static func words(_ code: String?, _ message: String?, hiding secrets: [Secret]) -> String {
        let code = code.map { printable($0, hiding: secrets, limit: 64) }
        return [code, message.map { printable($0, hiding: secrets) }].compactMap { $0 }.joined(separator: ": ")
    }

    /// A short text of one line without secrets, and without a full stop at its end.
    static func printable(_ text: String, hiding secrets: [Secret] = [], limit: Int = 300) -> String {
        var text = text
        for secret in secrets where secret.count >= 4 {
            text = text.split(separator: secret.reveal(), omittingEmptySubsequences: false).joined(separator: "••••")
        }
        let scalars = text.unicodeScalars.prefix(limit).map { scalar -> Unicode.Scalar in
            scalar.value < 0x20 || 0x7F...0x9F ~= scalar.value ? " " : scalar
        }
        var line = String(String.UnicodeScalarView(scalars))
        while line.hasSuffix(".") || line.hasSuffix(" ") { line.removeLast() }
        return line
    }
}

/// What statuses mean, in a few words.
enum HTTPWords {
    static func of(_ status: Int) -> String {
        switch status {
        case 300..<400: "the server sends the request elsewhere"
        case 400: "the server does not understand the request"
        case 401: "the server does not accept the credentials"
        case 403: "the server refuses access"
        case 404: "it is not there"
        case 409: "it conflicts with something else"
        case 412: "a condition does not hold"
        case 416: "the object ends before the part that was asked for"
        case 429, 503: "the server asks to slow down"
        case 500...: "the server failed"
        default: "the server refuses the request"
        }
    }
}
