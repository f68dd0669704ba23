public import Support

/// Something that takes the body of a successful response while it arrives, so that it need not fit into memory.
///
/// All calls come from the thread that sends the request.
public protocol ResponseSink: AnyObject {
    /// The response begins: its status, which is one of 200 to 299, and its header fields.
    /// - Throws: what ends the exchange, as `.localFile`.
    func begin(_ head: HTTPResponse) throws(SystemError)

    /// The next bytes of the body, which are only valid during the call.
    /// - Throws: what ends the exchange, as `.localFile`.
    func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError)

    /// The whole body has come; not called when the response breaks off.
    /// - Throws: what is wrong with what was made of it, as `.localFile`.
    func end() throws(SystemError)
}
