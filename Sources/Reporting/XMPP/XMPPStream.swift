internal import Transport
internal import XML

/// A stream of XMPP in both directions: one document without an end each, of which elements are read and written.
///
/// For one thread at a time.
final class XMPPStream {
    /// Takes the elements of one document as they end.
    private final class Inbox {
        var elements: [XMLElement] = []
    }

    private let connection: StreamConnection
    private let domain: String
    private var inbox = Inbox()
    private var reader: XMLReader
    /// Elements that were read, of which a server that talks without end would send too many.
    private var count = 0

    /// What may come directly in a stream.
    private static let names: Set<String> = [
        "features", "proceed", "challenge", "success", "failure", "iq", "message", "presence", "error",
    ]
    private static let maximumElements = 1000

    /// A stream over a connection, not yet opened.
    init(_ connection: StreamConnection, domain: String) {
        self.connection = connection
        self.domain = domain
        reader = XMLReader()
    }

    /// Whether what is said is encrypted.
    var isEncrypted: Bool { connection.isEncrypted }

    /// Encrypts everything from here on.
    /// - Parameter isDirect: whether nothing has been said before, so that what is spoken is announced.
    /// - Throws: `XMPPFailure` when the server is not who it has to be, or cannot.
    func encrypt(isDirect: Bool) throws(XMPPFailure) {
        do throws(TransportError) {
            try connection.encrypt(for: domain, protocol: isDirect ? "xmpp-client" : nil)
        } catch {
            throw XMPPFailure(error)
        }
    }

    /// Begins a new document in both directions; what was read of the last one and not used is forgotten.
    /// - Returns: what the server offers.
    func open() throws(XMPPFailure) -> XMLElement {
        let inbox = Inbox()
        self.inbox = inbox
        reader = XMLReader(handingOut: Self.names, limits: XMLLimits(kept: 256 << 10)) { inbox.elements.append($0) }
        try send(
            "<?xml version='1.0'?><stream:stream to='\(try Self.escaped(domain))' version='1.0' xml:lang='en' "
                + "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>")
        return try next("features")
    }

    /// Ends the stream politely; whether the server takes note does not matter.
    func close() { try? send("</stream:stream>") }

    /// Sends text that is XML.
    func send(_ text: String) throws(XMPPFailure) {
        do throws(TransportError) {
            try connection.send(Array(text.utf8))
        } catch {
            throw XMPPFailure(error)
        }
    }

    /// Waits for the next element of some names; others are passed over.
    func next(_ names: Set<String>) throws(XMPPFailure) -> XMLElement {
        while true {
            while !inbox.elements.isEmpty {
                let element = inbox.elements.removeFirst()
                count += 1
                guard count <= Self.maximumElements else { throw .later("The XMPP server talks without end.") }
                if element.name == "error" { throw Self.failure(ofStream: element) }
                if names.contains(element.name) { return element }
            }
            try read()
        }
    }

    private func next(_ name: String) throws(XMPPFailure) -> XMLElement { try next([name]) }

    private func read() throws(XMPPFailure) {
        let bytes: [UInt8]
        do throws(TransportError) {
            bytes = try connection.receive()
        } catch {
            throw XMPPFailure(error)
        }
        guard !bytes.isEmpty else { throw .later("The XMPP server ended the connection. It is tried again.") }
        do throws(XMLError) {
            try reader.read(bytes)
        } catch {
            throw .later("What answers does not speak XMPP: \(error) Check the server and its port.")
        }
        guard reader.rootName == nil || reader.rootName == "stream" else {
            throw .later("What answers does not speak XMPP. Check the server and its port.")
        }
    }

    /// What it means that a server ends the whole stream.
    private static func failure(ofStream error: XMLElement) -> XMPPFailure {
        let (condition, answer) = words(of: error)
        switch condition {
        case "host-unknown", "host-gone", "improper-addressing":
            return .never(
                "The XMPP server does not serve this domain (\(condition)). Check `from` and `server`.", answer: answer)
        case "not-authorized", "policy-violation", "unsupported-version", "unsupported-encoding":
            return .never("The XMPP server refuses the connection (\(condition)). Check the account.", answer: answer)
        default:
            return .later("The XMPP server ended the stream (\(condition)). It is tried again.", answer: answer)
        }
    }

    /// The condition that an error names, and all that it says.
    static func words(of error: XMLElement) -> (condition: String, answer: String) {
        let condition = error.children.first { $0.name != "text" }?.name ?? "no reason given"
        return (condition, [condition, error.text("text")].compactMap { $0 }.joined(separator: ": "))
    }

    /// Text as it stands in an element or between the quotation marks of an attribute; what XML cannot carry is
    /// replaced.
    static func escaped(_ text: String) throws(XMPPFailure) -> String {
        let scalars = text.unicodeScalars.map { XMLWriter.canCarry($0) ? $0 : "\u{FFFD}" }
        let kept = String(String.UnicodeScalarView(scalars))
        do throws(XMLError) {
            return try XMLWriter.escaped(kept).replacing("'", with: "&#39;")
        } catch {
            throw .never("The message cannot be written as XML: \(error)")
        }
    }
}
