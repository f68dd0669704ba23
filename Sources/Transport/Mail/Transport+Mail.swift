internal import CLibCurl
internal import Support

extension Transport {
    /// Hands a message to a mail server and waits for its answer, whatever that is; blocks the calling thread.
    /// - Parameters:
    ///   - request: what to send, and where.
    ///   - cancellation: ends the exchange within half a second when it is raised, as a cancelled task does.
    /// - Returns: the server's last answer.
    /// - Throws: `TransportError` when there is none about the message.
    public func send(
        _ request: MailRequest, cancellation: CancellationFlag? = nil
    ) throws(TransportError) -> MailReply {
        let origin = request.server.origin
        guard ([request.sender] + request.recipients).allSatisfy(\.isMailAddress), !request.recipients.isEmpty else {
            throw TransportError(kind: .invalidRequest, origin: origin, detail: "an address cannot be sent")
        }
        guard let handle = pool.take() else {
            throw TransportError(kind: .internalFault, origin: origin, detail: "libcurl could not be started")
        }
        defer { pool.giveBack(handle) }
        let exchange = MailExchange(request, cancellation)
        guard exchange.mayContinue else {
            throw TransportError(kind: .cancelled, origin: origin, detail: "cancelled before it began")
        }
        var list: UnsafeMutablePointer<curl_slist>?
        for recipient in request.recipients { list = curl_slist_append(list, "<\(recipient)>") }
        defer { curl_slist_free_all(list) }
        _ = clibcurl_set_list(handle.raw, CURLOPT_MAIL_RCPT, list)
        configure(handle, request)
        exchange.attach(to: handle)
        let code = withExtendedLifetime(exchange) {
            BrokenPipe.withoutSignal { handle.perform { exchange.mayContinue } }
        }
        if code == CURLE_OK { return reply(exchange, status: 250) }
        // Where the server said no, that is its answer; where it said nothing more, the connection is the matter.
        let status = handle.status
        if (400..<600).contains(status) { return reply(exchange, status: status) }
        let kind = handle.kind(of: code, in: status == 0 ? .connecting : .whole)
        throw TransportError(kind: kind, origin: origin, detail: words(for: code, kind, handle))
    }

    private func reply(_ exchange: MailExchange, status: Int) -> MailReply {
        let last = exchange.answers.last { $0.code == status }
        return MailReply(code: status, text: last?.text ?? "", refused: exchange.refused)
    }

    private func configure(_ handle: EasyHandle, _ request: MailRequest) {
        handle.set(CURLOPT_URL, request.server.origin)
        handle.set(CURLOPT_CONNECTTIMEOUT_MS, request.timeouts.connect.milliseconds)
        if let whole = request.timeouts.whole { handle.set(CURLOPT_TIMEOUT_MS, whole.milliseconds) }
        // An answer to one command; the limit for the whole comes on top.
        handle.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, max(1, request.timeouts.firstByte.milliseconds / 1000))
        handle.set(CURLOPT_MAXAGE_CONN, 60)
        handle.set(CURLOPT_UPLOAD, 1)
        _ = clibcurl_set_offset(handle.raw, CURLOPT_INFILESIZE_LARGE, curl_off_t(request.content.count))
        handle.set(CURLOPT_MAIL_FROM, "<\(request.sender)>")
        _ = clibcurl_go_on_without_refused_recipients(handle.raw)
        if let user = request.server.user, let password = request.password ?? request.server.password {
            handle.set(CURLOPT_USERNAME, user)
            handle.set(CURLOPT_PASSWORD, password.reveal())
        }
        let ways: [MailRequest.StartTLS: curl_usessl] = [
            .required: CURLUSESSL_ALL, .opportunistic: CURLUSESSL_TRY, .off: CURLUSESSL_NONE,
        ]
        handle.set(CURLOPT_USE_SSL, Int((ways[request.startTLS] ?? CURLUSESSL_ALL).rawValue))
        secure(handle)
        use(settings.proxy, handle)
    }
}

extension String {
    /// Whether it can stand between the brackets of a command.
    fileprivate var isMailAddress: Bool {
        contains("@")
            && utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") }
    }
}
