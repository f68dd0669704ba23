internal import JSON
public import Support

/// A real XMPP server (Prosody) with hosts that differ in what they ask for; started once for all tests of a process.
///
/// A suite that needs it is `.enabled(if: XMPPServers.areThere, Comment(rawValue: XMPPServers.absence))`.
public struct XMPPServers: Sendable {
    /// What the server took.
    public struct Message: Sendable, Hashable {
        /// The account that sent it, with the name of its connection.
        public let sender: String
        /// What it is called.
        public let id: String
        /// `chat` for messages to people.
        public let type: String
        /// The language that it says it is in.
        public let language: String
        /// What it says.
        public let body: String
        /// How the sender logged in.
        public let mechanism: String
        /// Whether the connection was encrypted.
        public let isEncrypted: Bool
    }

    /// The port where TLS begins with STARTTLS.
    public let startTLS: Int
    /// The port with TLS before all else.
    public let direct: Int
    /// The PEM file of the authority to trust.
    public let authority: String
    /// The password of `backup` at every host.
    public let password = Secret("pass word")
    private let log: String
    private let processes: RunningServers

    /// Whether it is installed.
    public static let areThere = TestTool.areThere("prosody", "openssl", "python3")

    /// Why tests are skipped.
    public static let absence = "prosody is not installed: scripts/install-dependencies.sh test"

    /// The one of this process.
    /// - Throws: `RunningServers.NotStarted`.
    public static func shared() throws -> XMPPServers { try sharedResult.get() }

    private static let sharedResult = Result { try XMPPServers() }

    private init() throws {
        processes = try RunningServers("xmpp")
        startTLS = try processes.number("starttls")
        direct = try processes.number("direct")
        authority = try processes.text("authority")
        log = try processes.text("messages")
    }

    /// What came so far to an address with an id: each test has its own.
    public func messages(to recipient: String, id: String) throws -> [Message] {
        try RunningServers.lines(of: log).compactMap { line in
            let entry = try JSONValue(parsing: line)
            guard entry["to"]?.string == recipient, entry["id"]?.string == id else { return nil }
            return Message(
                sender: entry["from"]?.string ?? "", id: id, type: entry["type"]?.string ?? "",
                language: entry["language"]?.string ?? "", body: entry["body"]?.string ?? "",
                mechanism: entry["mechanism"]?.string ?? "", isEncrypted: entry["tls"]?.bool ?? false)
        }
    }
}
