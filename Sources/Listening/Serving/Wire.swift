internal import CTLS
internal import Glibc

/// The bytes of one connection, through TLS or not; never waits, and never raises SIGPIPE.
final class Wire {
    /// What came of a step.
    enum Outcome: Equatable {
        /// So many bytes went through, or the handshake is done.
        case done(Int)
        case wantsRead
        case wantsWrite
        /// The other side has ended.
        case closed
        case failed
        /// The other side does not speak TLS but plain HTTP.
        case isHTTP
    }

    let descriptor: Int32
    /// Keeps what the connection's TLS was made of.
    private let context: TLSContext?
    private var tls: OpaquePointer?

    /// Takes over a connected socket, which does not wait.
    /// - Returns: nil when there is no memory for TLS; the socket is closed then.
    init?(owning descriptor: Int32, _ context: TLSContext?) {
        self.descriptor = descriptor
        self.context = context
        guard let context else { return }
        tls = ctls_accept_on(context.raw, context.method, descriptor)
        if tls == nil { return nil }
    }

    deinit {
        SSL_free(tls)
        close(descriptor)
    }

    func handshake() -> Outcome {
        guard let tls else { return .done(1) }
        return outcome(ctls_handshake(tls))
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Outcome {
        if let tls { return outcome(ctls_read(tls, buffer.baseAddress, Int32(buffer.count))) }
        return receive(into: buffer)
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        if let tls { return outcome(ctls_write(tls, bytes.baseAddress, Int32(min(bytes.count, 1 << 20)))) }
        return sendPlain(bytes)
    }

    /// Goes on without TLS, with a client that does not speak it.
    func giveUpTLS() {
        SSL_free(tls)
        tls = nil
    }

    private func sendPlain(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        while true {
            let count = send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            if count >= 0 { return .done(count) }
            if errno == EINTR { continue }
            return errno == EAGAIN || errno == EWOULDBLOCK ? .wantsWrite : .failed
        }
    }

    /// Reads what the network brings, past TLS.
    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Outcome {
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 { return .done(count) }
            if count == 0 { return .closed }
            if errno == EINTR { continue }
            return errno == EAGAIN || errno == EWOULDBLOCK ? .wantsRead : .failed
        }
    }

    /// Says that nothing more follows.
    func endWriting() {
        if let tls { ctls_goodbye(tls) }
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Ends both directions, so that whoever waits for the connection wakes up.
    func interrupt() {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// Has the end be seen as a failure: a response was not complete.
    func resetOnClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    /// Waits until something can be written, or the connection breaks.
    /// - Returns: whether it came to that in time.
    func waitToWrite(until deadline: ContinuousClock.Instant) -> Bool {
        while true {
            let rest = deadline - .now
            guard rest > .zero else { return false }
            var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            let count = poll(&entry, 1, Int32(clamping: rest.milliseconds + 1))
            if count > 0 { return true }
            if count < 0, errno != EINTR { return false }
        }
    }

    /// Whether the other side has closed both directions, or the connection broke.
    var isBroken: Bool {
        var entry = pollfd(fd: descriptor, events: 0, revents: 0)
        return poll(&entry, 1, 0) > 0
    }

    private func outcome(_ result: Int32) -> Outcome {
        switch result {
        case 1...: .done(Int(result))
        case CTLS_CLOSED: .closed
        case CTLS_WANTS_READ: .wantsRead
        case CTLS_WANTS_WRITE: .wantsWrite
        case CTLS_IS_HTTP: .isHTTP
        default: .failed
        }
    }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds.multipliedReportingOverflow(by: 1000).partialValue + attoseconds / 1_000_000_000_000_000
    }
}
