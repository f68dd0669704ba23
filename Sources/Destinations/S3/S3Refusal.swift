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

    /// Reads an answer, which may be a success with an error in its body.
    init(
        _ response: HTTPResponse, to request: S3Request, _ operation: DestinationError.Operation, _ object: String?,
        at label: String, now: Timestamp
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
            detail: Self.detail(code, message, body, response), advice: meaning.advice)
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
        _ code: String?, _ message: String?, _ body: XMLElement?, _ response: HTTPResponse
    ) -> String {
        let words = [code, message.map(printable)].compactMap { $0 }.joined(separator: ": ")
        let number =
            body?.text("RequestId") ?? response.headers["x-amz-request-id"] ?? response.headers["x-oss-request-id"]
        let place = ["HTTP \(response.status)", number.map { "request \(printable($0))" }].compactMap { $0 }
        let text = words.isEmpty ? HTTPWords.of(response.status) : words
        return "\(text) (\(place.joined(separator: ", ")))"
    }

    /// A short text of one line without a full stop at its end.
    static func printable(_ text: String) -> String {
        var line = String(String.UnicodeScalarView(text.unicodeScalars.prefix(300).map { $0.value < 0x20 ? " " : $0 }))
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
