internal import CLibCurl
internal import Glibc
internal import Support

/// A connection on which both sides speak when they like: in clear at first, encrypted from a moment on.
///
/// For one thread at a time; it is closed when its last owner lets go of it.
public final class StreamConnection {
    private let socket: FileDescriptor
    private let server: StreamServer
    private let settings: TransportSettings
    private let timeouts: TransportTimeouts
    private let cancellation: CancellationFlag?
    private let end: ContinuousClock.Instant?
    private let certificate = SeenCertificate()
    private var tls: OpaquePointer?

    init(
        _ socket: consuming FileDescriptor, _ server: StreamServer, _ settings: TransportSettings,
        timeouts: TransportTimeouts, cancellation: CancellationFlag?
    ) {
        self.socket = socket
        self.server = server
        self.settings = settings
        self.timeouts = timeouts
        self.cancellation = cancellation
        end = timeouts.whole.map { .now + $0 }
        certificate.expect(pinned: settings.pinnedCertificates, acceptsAny: settings.acceptsAnyCertificate)
    }

    deinit { SSL_free(tls) }

    /// Whether what is said is encrypted.
    public var isEncrypted: Bool { tls != nil }

    /// Encrypts everything from here on.
    /// - Parameters:
    ///   - name: what the server's certificate has to name.
    ///   - protocol: what is going to be spoken, where the server wants to know before; nil for nothing.
    /// - Throws: `TransportError` when the server is not who it has to be, or cannot.
    public func encrypt(for name: String, protocol: String? = nil) throws(TransportError) {
        let protocols = `protocol`.map { [UInt8($0.utf8.count)] + Array($0.utf8) } ?? []
        let key = settings.clientKey ?? settings.clientCertificate
        tls = clibcurl_tls_open(
            socket.raw, name, protocols, protocols.count, settings.certificateAuthorities, settings.clientCertificate,
            key, certificate.raw)
        guard let tls else { throw failure(.tls(certificate: true), Self.words) }
        try complete(within: timeouts.connect, .connecting) { SSL_do_handshake(tls) }
        guard let pin = settings.pinnedPublicKey else { return }
        var digest = [UInt8](repeating: 0, count: 32)
        guard clibcurl_tls_public_key(tls, &digest) == 1, Base64.encode(digest) == pin else {
            throw failure(.tls(certificate: true), "its public key is not the one that the options name")
        }
    }

    /// Says something.
    /// - Throws: `TransportError` when the other side does not take it.
    public func send(_ bytes: [UInt8]) throws(TransportError) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { bytes -> Result<Int, TransportError> in
                let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
                return Result { () throws(TransportError) in
                    try complete(within: timeouts.idle, .sending) { [tls, socket = socket.raw] in
                        if let tls { return SSL_write(tls, rest.baseAddress, Int32(clamping: rest.count)) }
                        return Int32(clamping: Glibc.send(socket, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL)))
                    }
                }
            }
            sent += try count.get()
        }
    }

    /// Waits until the other side says something.
    /// - Returns: what it said; nothing when it has ended the connection.
    /// - Throws: `TransportError` when it is silent for too long.
    public func receive() throws(TransportError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        let count = try buffer.withUnsafeMutableBytes { buffer -> Result<Int, TransportError> in
            Result { () throws(TransportError) in
                try complete(within: timeouts.firstByte, .waiting) { [tls, socket = socket.raw] in
                    if let tls { return SSL_read(tls, buffer.baseAddress, Int32(buffer.count)) }
                    return Int32(clamping: recv(socket, buffer.baseAddress, buffer.count, 0))
                }
            }
        }.get()
        return Array(buffer.prefix(count))
    }

    // MARK: Waiting

    /// Does something that may have to wait for the other side, until it is done.
    /// - Returns: what `attempt` has moved; 0 when the other side has ended the connection.
    @discardableResult
    private func complete(
        within limit: Duration, _ phase: TransportPhase, _ attempt: () -> Int32
    ) throws(TransportError) -> Int {
        let limit = ContinuousClock.now + limit
        while true {
            let (count, error, code) = BrokenPipe.withoutSignal { () -> (Int32, Int32, Int32) in
                ERR_clear_error()
                errno = 0
                let count = attempt()
                let code = errno
                guard let tls, count <= 0 else { return (count, SSL_ERROR_NONE, code) }
                return (count, SSL_get_error(tls, count), code)
            }
            if count > 0 { return Int(count) }
            let isEnd = isEncrypted ? error == SSL_ERROR_ZERO_RETURN : count == 0
            if isEnd {
                // Who only listens is told that there is nothing more; everything else has failed.
                guard phase == .waiting else { throw failure(.interrupted, "the other side ended the connection") }
                return 0
            }
            var events = Int16(phase == .sending ? POLLOUT : POLLIN)
            switch (isEncrypted, error) {
            case (true, SSL_ERROR_WANT_READ): events = Int16(POLLIN)
            case (true, SSL_ERROR_WANT_WRITE): events = Int16(POLLOUT)
            case (true, _): throw broken(phase)
            case (false, _):
                guard code == EAGAIN || code == EINTR else {
                    throw failure(.interrupted, "\(SystemError("use", code: code))")
                }
            }
            try wait(for: events, until: limit, phase)
        }
    }

    private func wait(
        for events: Int16, until limit: ContinuousClock.Instant, _ phase: TransportPhase
    ) throws(TransportError) {
        var entry = pollfd(fd: socket.raw, events: events, revents: 0)
        while true {
            if cancellation?.isCancelled == true || Task.isCancelled {
                throw failure(.cancelled, "the caller asked to stop")
            }
            if let end, end <= .now { throw failure(.timeout(.whole), "all of it took too long") }
            if limit <= .now { throw failure(.timeout(phase), "nothing came for too long") }
            if poll(&entry, 1, 200) > 0 { return }
        }
    }

    /// What a failure of TLS means.
    private func broken(_ phase: TransportPhase) -> TransportError {
        guard phase == .connecting else { return failure(.interrupted, Self.words) }
        guard let complaint = certificate.complaint, certificate.raw.pointee.error != 0 else {
            return failure(.tls(certificate: false), Self.words)
        }
        return failure(.tls(certificate: true), "\(Self.words): \(complaint)")
    }

    private static var words: String {
        var text = [CChar](repeating: 0, count: 256)
        clibcurl_tls_words(&text, text.count)
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private func failure(_ kind: TransportError.Kind, _ detail: String) -> TransportError {
        TransportError(kind: kind, origin: server.origin, detail: detail)
    }
}
