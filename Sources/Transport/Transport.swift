internal import CLibCurl

/// Sends HTTP requests with libcurl, on the thread that asks.
///
/// Connections are kept and used again. Redirects are followed within one host only, so that no header reaches another;
/// cookies and credentials of the environment are never used.
public final class Transport: Sendable {
    private let pool: HandlePool
    private let userAgent: String
    private let certificateAuthorities: String?
    private let usesProxies: Bool

    /// Creates a transport with a pool of its own.
    /// - Parameters:
    ///   - version: Dunnage's version, for the user agent.
    ///   - certificateAuthorities: a PEM file that replaces the system's authorities.
    ///   - usesProxies: whether `http_proxy`, `https_proxy` and `no_proxy` of the environment count.
    public init(version: String, certificateAuthorities: String? = nil, usesProxies: Bool = true) {
        pool = HandlePool(capacity: 16)
        userAgent = "dunnage/\(version)"
        self.certificateAuthorities = certificateAuthorities
        self.usesProxies = usesProxies
    }

    /// Sends a request and waits for its whole response, whatever its status.
    /// - Parameters:
    ///   - request: what to send.
    ///   - cancellation: ends the exchange within about a second when it is raised, as a cancelled task does.
    /// - Returns: the response after all redirects within the host.
    /// - Throws: `TransportError` when there is no complete response.
    public func send(
        _ request: HTTPRequest, cancellation: CancellationFlag? = nil
    ) throws(TransportError) -> HTTPResponse {
        var request = request
        for _ in 0...Self.maximumRedirects {
            guard let origin = WebOrigin(of: request.url) else {
                throw TransportError(kind: .invalidRequest, origin: "-", detail: "the URL is no http or https URL")
            }
            let (response, target) = try exchange(request, origin, cancellation)
            guard let target, request.canBeRedirected(by: response.status) else { return response }
            guard let other = WebOrigin(of: target), origin.allowsRedirect(to: other) else {
                let place = WebOrigin(of: target).map { "to \($0)" } ?? "to something else than HTTP"
                throw TransportError(kind: .redirectRefused, origin: "\(origin)", detail: "redirected \(place)")
            }
            if response.status == 303 {
                request.method = request.method == .head ? .head : .get
                request.body = []
            }
            request.url = target
        }
        let origin = WebOrigin(of: request.url).map { "\($0)" } ?? "-"
        throw TransportError(kind: .redirectRefused, origin: origin, detail: "redirected more often than 5 times")
    }

    private static let maximumRedirects = 5

    private func exchange(
        _ request: HTTPRequest, _ origin: WebOrigin, _ cancellation: CancellationFlag?
    ) throws(TransportError) -> (response: HTTPResponse, redirectTarget: String?) {
        guard let handle = pool.take() else {
            throw TransportError(kind: .internalFault, origin: "\(origin)", detail: "libcurl could not be started")
        }
        defer { pool.giveBack(handle) }
        if cancellation?.isCancelled == true {
            throw TransportError(kind: .cancelled, origin: "\(origin)", detail: "cancelled before it began")
        }
        let exchange = Exchange(request, cancellation)
        let list = try headerList(of: request, origin)
        defer { curl_slist_free_all(list) }
        configure(handle, request)
        _ = clibcurl_set_list(handle.raw, CURLOPT_HTTPHEADER, list)
        exchange.attach(to: handle)
        let code = withExtendedLifetime(exchange) {
            request.body.withUnsafeBytes { body in
                if !body.isEmpty {
                    _ = clibcurl_set_pointer(handle.raw, CURLOPT_POSTFIELDS, body.baseAddress)
                    _ = clibcurl_set_offset(handle.raw, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
                }
                return BrokenPipe.withoutSignal { curl_easy_perform(handle.raw) }
            }
        }
        guard code == CURLE_OK else {
            let kind = exchange.failure ?? .of(code, in: exchange.phase)
            let detail = exchange.failure.map(\.detail) ?? handle.words(for: code)
            throw TransportError(kind: kind, origin: "\(origin)", detail: detail)
        }
        let response = HTTPResponse(status: handle.status, headers: exchange.headers, body: exchange.body)
        return (response, handle.redirectTarget)
    }

    private func configure(_ handle: EasyHandle, _ request: HTTPRequest) {
        handle.set(CURLOPT_URL, request.url)
        // The path is sent as it is written: a signature may cover it, and names may hold dots.
        handle.set(CURLOPT_PATH_AS_IS, 1)
        handle.set(CURLOPT_USERAGENT, userAgent)
        handle.set(CURLOPT_CONNECTTIMEOUT_MS, request.timeouts.connect.milliseconds)
        if let whole = request.timeouts.whole { handle.set(CURLOPT_TIMEOUT_MS, whole.milliseconds) }
        if let certificateAuthorities { handle.set(CURLOPT_CAINFO, certificateAuthorities) }
        if !usesProxies { handle.set(CURLOPT_PROXY, "") }
        switch request.method {
        case .get where request.body.isEmpty: handle.set(CURLOPT_HTTPGET, 1)
        case .head: handle.set(CURLOPT_NOBODY, 1)
        case .post:
            handle.set(CURLOPT_POST, 1)
            handle.set(CURLOPT_POSTFIELDSIZE, 0)
        case .get, .put, .delete: handle.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        }
    }

    /// The fields as libcurl wants them; `Name;` is how it is told of an empty value, `Name:` of no field at all.
    private func headerList(
        of request: HTTPRequest, _ origin: WebOrigin
    ) throws(TransportError) -> UnsafeMutablePointer<curl_slist>? {
        var list: UnsafeMutablePointer<curl_slist>?
        for field in request.headers.fields {
            guard field.isSendable else {
                curl_slist_free_all(list)
                throw TransportError(
                    kind: .invalidRequest, origin: "\(origin)", detail: "a header field contains a control character")
            }
            list = curl_slist_append(list, field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
        }
        // Neither a type that nobody asked for, nor a round trip before each body.
        if request.headers["Content-Type"] == nil { list = curl_slist_append(list, "Content-Type:") }
        if request.headers["Expect"] == nil { list = curl_slist_append(list, "Expect:") }
        return list
    }
}

extension HTTPRequest {
    /// Whether a status redirects this request without changing what it does.
    fileprivate func canBeRedirected(by status: Int) -> Bool {
        switch status {
        case 303, 307, 308: true
        case 301, 302: method == .get || method == .head
        default: false
        }
    }
}

extension HTTPHeaders.Field {
    fileprivate var isSendable: Bool {
        let isPlain = name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: ":") }
        return isPlain && !name.isEmpty && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
    }
}

extension TransportError.Kind {
    /// What a callback of ours has to say about why it stopped the exchange.
    fileprivate var detail: String {
        switch self {
        case .responseTooLarge(let limit): "more than \(limit) bytes"
        case .timeout(let phase): "no byte moved for too long while \(phase.rawValue)"
        default: "the caller asked to stop"
        }
    }
}
