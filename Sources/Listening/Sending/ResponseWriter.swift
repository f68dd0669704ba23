internal import Synchronization

/// Takes the body of a response that is streamed, in order, on one thread.
///
/// What is written is gathered until there is enough to send, or ``flush()`` is called. A client that takes nothing for
/// too long counts as gone.
public final class ResponseWriter {
    private let wire: Wire
    private let core: ListenerCore
    private let framing: ResponseHead.Framing
    private let timeout: Duration
    /// Framed bytes: at first the head, which goes out with the first part of the body.
    private var output: [UInt8]
    private var gathered: [UInt8] = []
    private var written: Int64 = 0
    private var isBroken = false
    /// Whether the client has got anything.
    private(set) var hasBegun = false
    /// Whether the body came out longer than its announced length.
    private(set) var isTooLong = false

    private static let part = 64 << 10

    init(_ wire: Wire, _ core: ListenerCore, head: [UInt8], _ framing: ResponseHead.Framing) {
        self.wire = wire
        self.core = core
        self.framing = framing
        timeout = core.limits.writeTimeout
        output = head
    }

    /// Whether the listener is about to end; what could go on for ever should end then.
    public var isStopping: Bool { core.isStopping }

    /// Adds bytes to the body.
    /// - Throws: `PeerGone` when the client has left, takes nothing more, or the listener has ended; also for more bytes
    ///   than were announced.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(PeerGone) {
        guard !isBroken else { throw PeerGone() }
        if case .length(let length) = framing, Int64(bytes.count) > length - written {
            isTooLong = true
            isBroken = true
            throw PeerGone()
        }
        written += Int64(bytes.count)
        var rest = bytes
        while !rest.isEmpty {
            let count = min(rest.count, Self.part - gathered.count)
            gathered.append(contentsOf: rest[..<count])
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            if gathered.count == Self.part { try sendGathered() }
        }
    }

    /// Adds bytes to the body.
    /// - Throws: `PeerGone` when the client has left, takes nothing more, or the listener has ended.
    public func write(_ bytes: [UInt8]) throws(PeerGone) {
        var failure: PeerGone?
        bytes.withUnsafeBytes { bytes in
            do throws(PeerGone) { try write(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Adds text to the body, as UTF-8.
    /// - Throws: `PeerGone` when the client has left, takes nothing more, or the listener has ended.
    public func write(_ text: String) throws(PeerGone) {
        try write(Array(text.utf8))
    }

    /// Sends what was gathered, so that the client sees it now.
    /// - Throws: `PeerGone`, also when nothing was gathered and the client has left.
    public func flush() throws(PeerGone) {
        guard !isBroken, !core.isBreaking, !wire.isBroken else {
            isBroken = true
            throw PeerGone()
        }
        try sendGathered()
    }

    /// Sends the rest and the end of the body.
    /// - Returns: whether it has the announced length.
    func finish() throws(PeerGone) -> Bool {
        guard !isBroken else { throw PeerGone() }
        if case .length(let length) = framing, written != length { return false }
        frame()
        if case .chunked = framing { output += Array("0\r\n\r\n".utf8) }
        try send()
        return true
    }

    private func sendGathered() throws(PeerGone) {
        frame()
        try send()
    }

    private func frame() {
        guard !gathered.isEmpty else { return }
        if case .chunked = framing {
            output += Array((String(gathered.count, radix: 16) + "\r\n").utf8)
            output += gathered
            output += [.carriageReturn, .lineFeed]
        } else {
            output += gathered
        }
        gathered.removeAll(keepingCapacity: true)
    }

    private func send() throws(PeerGone) {
        guard !output.isEmpty else { return }
        let deadline = ContinuousClock.now + timeout
        var done = 0
        while done < output.count {
            hasBegun = true
            let outcome = output.withUnsafeBytes { wire.write(UnsafeRawBufferPointer(rebasing: $0[done...])) }
            switch outcome {
            case .done(let count): done += count
            // TLS has nothing to read before it may write, as the handshake is over and is not repeated.
            case .wantsWrite where !core.isBreaking && wire.waitToWrite(until: deadline): continue
            default:
                isBroken = true
                throw PeerGone()
            }
        }
        output.removeAll(keepingCapacity: true)
    }
}
