internal import CLibCurl
internal import Support

/// Sends HTTP requests with libcurl, on the thread that asks.
///
/// Connections are kept and used again. Redirects are followed within one host only, so that no header reaches another;
/// cookies and credentials of the environment are never used.
public final class Transport: Sendable {
    let pool: HandlePool
    private let userAgent: String
    let settings: TransportSettings

    /// Creates a transport with a pool of its own.
    /// - Parameters:
    ///   - version: Dunnage's version, for the user agent.
    ///   - settings: how connections are made.
    public init(version: String, settings: TransportSettings = TransportSettings()) {
        pool = HandlePool(capacity: settings.idleHandles)
        userAgent = "dunnage/\(version)"
        self.settings = settings
    }

    /// Creates a transport with a pool of its own.
    /// - Parameters:
    ///   - version: Dunnage's version, for the user agent.
    ///   - certificateAuthorities: a PEM file that replaces the system's authorities.
    ///   - usesProxies: whether `http_proxy`, `https_proxy` and `no_proxy` of the environment count.
    public convenience init(version: String, certificateAuthorities: String? = nil, usesProxies: Bool) {
        self.init(
            version: version,
            settings: TransportSettings(
                certificateAuthorities: certificateAuthorities, proxy: usesProxies ? .environment : .none))
    }

    /// A transport like this one that trusts other servers.
    /// - Parameters:
    ///   - authorities: a PEM file that replaces the system's authorities; nil for those of this transport.
    ///   - publicKey: the SHA-256 of the only public key that a server may have, in base64; nil for any.
    /// - Returns: a transport with a pool of its own.
    public func trusting(authorities: String?, publicKey: String?) -> Transport {
        var settings = settings
        if let authorities { settings.certificateAuthorities = authorities }
        settings.pinnedPublicKey = publicKey
        return Transport(version: String(userAgent.dropFirst("dunnage/".count)), settings: settings)
    }

    /// Sends a request and waits for its whole response, whatever its status.
    /// - Parameters:
    ///   - request: what to send.
    ///   - sink: takes the body of a successful response, which is then empty in what is returned.
    ///   - cancellation: ends the exchange within half a second when it is raised, as a cancelled task does.
    /// - Returns: the response after all redirects within the host, if they are to be followed.
    /// - Throws: `TransportError` when there is no complete response.
    public func send(
        _ request: HTTPRequest, into sink: (any ResponseSink)? = nil, cancellation: CancellationFlag? = nil
    ) throws(TransportError) -> HTTPResponse {
        var request = request
        for _ in 0...Self.maximumRedirects {
            guard let origin = WebOrigin(of: request.url) else {
                throw TransportError(kind: .invalidRequest, origin: "-", detail: "the URL is no http or https URL")
            }
            let (response, target) = try exchange(request, origin, sink, cancellation)
            guard request.followsRedirects, let target, request.canBeRedirected(by: response.status) else {
                return response
            }
            guard let other = WebOrigin(of: target), origin.allowsRedirect(to: other) else {
                let place = WebOrigin(of: target).map { "to \($0)" } ?? "to something else than HTTP"
                throw TransportError(kind: .redirectRefused, origin: "\(origin)", detail: "redirected \(place)")
            }
            if response.status == 303 {
                request.method = request.method == .head ? .head : .get
                request.body = []
                request.file = nil
            }
            request.url = target
        }
        let origin = WebOrigin(of: request.url).map { "\($0)" } ?? "-"
        throw TransportError(kind: .redirectRefused, origin: origin, detail: "redirected more often than 5 times")
    }

    private static let maximumRedirects = 5

    private func exchange(
        _ request: HTTPRequest, _ origin: WebOrigin, _ sink: (any ResponseSink)?, _ cancellation: CancellationFlag?
    ) throws(TransportError) -> (response: HTTPResponse, redirectTarget: String?) {
        guard let handle = pool.take() else {
            throw TransportError(kind: .internalFault, origin: "\(origin)", detail: "libcurl could not be started")
        }
        defer { pool.giveBack(handle) }
        if cancellation?.isCancelled == true {
            throw TransportError(kind: .cancelled, origin: "\(origin)", detail: "cancelled before it began")
        }
        let exchange = Exchange(request, settings, sink, cancellation)
        let list = try headerList(of: request, origin)
        defer { curl_slist_free_all(list) }
        configure(handle, request, origin)
        _ = clibcurl_set_list(handle.raw, CURLOPT_HTTPHEADER, list)
        try local(origin) { () throws(SystemError) in try exchange.open() }
        exchange.attach(to: handle)
        let code = perform(exchange, request, handle)
        guard code == CURLE_OK else {
            let kind = exchange.failure ?? handle.kind(of: code, in: exchange.phase)
            let detail = exchange.failure.map(\.detail) ?? words(for: code, kind, handle)
            throw TransportError(kind: kind, origin: "\(origin)", detail: detail)
        }
        try local(origin) { () throws(SystemError) in try exchange.finish() }
        let response = HTTPResponse(status: handle.status, headers: exchange.headers, body: exchange.body)
        return (response, handle.redirectTarget)
    }

    /// Files of this machine that a request needs.
    private func local(_ origin: WebOrigin, _ body: () throws(SystemError) -> Void) throws(TransportError) {
        do throws(SystemError) {
            try body()
        } catch {
            throw TransportError(kind: .localFile(error), origin: "\(origin)", detail: "\(error)")
        }
    }

    private func perform(_ exchange: Exchange, _ request: HTTPRequest, _ handle: EasyHandle) -> CURLcode {
        withExtendedLifetime(exchange) {
            request.body.withUnsafeBytes { body in
                if !body.isEmpty, request.file == nil {
                    _ = clibcurl_set_pointer(handle.raw, CURLOPT_POSTFIELDS, body.baseAddress)
                    _ = clibcurl_set_offset(handle.raw, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
                }
                return BrokenPipe.withoutSignal { handle.perform { exchange.mayContinue() } }
            }
        }
    }

    /// The library's words, and the certificate's where that is the matter.
    func words(for code: CURLcode, _ kind: TransportError.Kind, _ handle: EasyHandle) -> String {
        let words = handle.words(for: code)
        guard case .tls(certificate: true) = kind, let complaint = handle.certificate.complaint else { return words }
        return "\(words): \(complaint)"
    }

    private func configure(_ handle: EasyHandle, _ request: HTTPRequest, _ origin: WebOrigin) {
        handle.set(CURLOPT_URL, request.url)
        // The path is sent as it is written: a signature may cover it, and names may hold dots.
        handle.set(CURLOPT_PATH_AS_IS, 1)
        handle.set(CURLOPT_USERAGENT, userAgent)
        handle.set(CURLOPT_HTTP_VERSION, Int(settings.usesHTTP2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1))
        handle.set(CURLOPT_CONNECTTIMEOUT_MS, request.timeouts.connect.milliseconds)
        if let whole = request.timeouts.whole { handle.set(CURLOPT_TIMEOUT_MS, whole.milliseconds) }
        handle.set(CURLOPT_TCP_KEEPALIVE, 1)
        handle.set(CURLOPT_TCP_KEEPIDLE, 30)
        // Servers and firewalls forget connections sooner than libcurl's two minutes.
        handle.set(CURLOPT_MAXAGE_CONN, 60)
        handle.set(CURLOPT_BUFFERSIZE, 512 << 10)
        handle.set(CURLOPT_UPLOAD_BUFFERSIZE, 512 << 10)
        handle.set(CURLOPT_EXPECT_100_TIMEOUT_MS, 2000)
        if origin.scheme == "https" { secure(handle) }
        if let socket = request.unixSocket {
            handle.set(CURLOPT_UNIX_SOCKET_PATH, socket)
            handle.set(CURLOPT_PROXY, "")
        } else {
            use(settings.proxy, handle)
        }
        choose(request, handle)
    }

    func secure(_ handle: EasyHandle) {
        handle.certificate.expect(
            pinned: settings.pinnedCertificates, acceptsAny: settings.acceptsAnyCertificate)
        _ = clibcurl_watch_certificates(handle.raw, handle.certificate.raw)
        if let authorities = settings.certificateAuthorities { handle.set(CURLOPT_CAINFO, authorities) }
        if let key = settings.pinnedPublicKey { handle.set(CURLOPT_PINNEDPUBLICKEY, "sha256//\(key)") }
        if settings.acceptsAnyCertificate || !settings.pinnedCertificates.isEmpty {
            // Whom it names does not matter when the certificate itself is known, or nothing does.
            handle.set(CURLOPT_SSL_VERIFYHOST, 0)
        }
        if let certificate = settings.clientCertificate {
            handle.set(CURLOPT_SSLCERT, certificate)
            handle.set(CURLOPT_SSLKEY, settings.clientKey ?? certificate)
        }
    }

    func use(_ proxy: TransportSettings.Proxy, _ handle: EasyHandle) {
        switch proxy {
        case .environment: break
        case .none: handle.set(CURLOPT_PROXY, "")
        case .url(let url, let except):
            handle.set(CURLOPT_PROXY, url.reveal())
            handle.set(CURLOPT_NOPROXY, except)
        }
    }

    private func choose(_ request: HTTPRequest, _ handle: EasyHandle) {
        if let file = request.file {
            handle.set(CURLOPT_UPLOAD, 1)
            _ = clibcurl_set_offset(handle.raw, CURLOPT_INFILESIZE_LARGE, curl_off_t(file.count))
            if request.method != .put { handle.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue) }
            return
        }
        switch request.method {
        case .get where request.body.isEmpty: handle.set(CURLOPT_HTTPGET, 1)
        case .head: handle.set(CURLOPT_NOBODY, 1)
        case .post:
            handle.set(CURLOPT_POST, 1)
            handle.set(CURLOPT_POSTFIELDSIZE, 0)
        case .put where request.body.isEmpty:
            // A length of zero has to be said.
            handle.set(CURLOPT_POST, 1)
            handle.set(CURLOPT_POSTFIELDSIZE, 0)
            handle.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        case .get, .put, .delete, .copy: handle.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
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
        if request.isUpgrade {
            list = curl_slist_append(list, "Connection: Upgrade")
            list = curl_slist_append(list, "Upgrade: tcp")
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
        case .localFile(let error): "\(error)"
        case .sourceTooShort: "it ended before the announced number of bytes"
        default: "the caller asked to stop"
        }
    }
}
