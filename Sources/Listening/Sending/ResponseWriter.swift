/// Takes the body of a response that is streamed, in order, on one thread.
///
/// What is written is gathered until there is enough to send, or ``flush()`` is called. A client that takes nothing for
/// too long counts as gone.
public final class ResponseWriter {
    /// Whether the listener is about to end; what could go on for ever should end then.
    public var isStopping: Bool { false }

    /// Adds bytes to the body.
    /// - Throws: `PeerGone` when the client has left, takes nothing more, or the listener has ended.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(PeerGone) {
    }

    /// Adds bytes to the body.
    /// - Throws: `PeerGone`, as ``write(_:)-(UnsafeRawBufferPointer)``.
    public func write(_ bytes: [UInt8]) throws(PeerGone) {
    }

    /// Adds text to the body, as UTF-8.
    /// - Throws: `PeerGone`, as ``write(_:)-(UnsafeRawBufferPointer)``.
    public func write(_ text: String) throws(PeerGone) {
    }

    /// Sends what was gathered, so that the client sees it now.
    /// - Throws: `PeerGone`, also when nothing was gathered and the client has left.
    public func flush() throws(PeerGone) {
    }
}
