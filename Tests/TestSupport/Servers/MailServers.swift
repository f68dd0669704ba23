internal import JSON
public import Support

/// A real mail server (aiosmtpd) with three ports; started once for all tests of a process.
///
/// A suite that needs it is `.enabled(if: MailServers.areThere, MailServers.absence)`.
public struct MailServers: Sendable {
    /// What a server took.
    public struct Message: Sendable {
        /// Where it came in: `plain`, `starttls` or `implicit`.
        public let server: String
        /// The sender's address.
        public let sender: String
        /// The recipients that were taken.
        public let recipients: [String]
        /// Whether the connection was encrypted.
        public let isEncrypted: Bool
        /// Whether somebody had logged in.
        public let isLoggedIn: Bool
        /// The message as it came.
        public let content: String
    }

    /// The port without TLS, where nobody can log in.
    public let plain: Int
    /// The port where everything needs STARTTLS and a log-in.
    public let startTLS: Int
    /// The port with TLS before all else, and a log-in.
    public let implicit: Int
    /// The PEM file of the authority to trust.
    public let authority: String
    /// Who logs in.
    public let user: String
    /// The password, which has a blank in it.
    public let password: Secret
    private let log: String
    private let processes: RunningServers

    /// Whether it is installed.
    public static let areThere = TestTool.areThere("aiosmtpd", "openssl")

    /// Why tests are skipped.
    public static let absence = "aiosmtpd is not installed: scripts/test-tools.sh"

    /// The one of this process.
    /// - Throws: `RunningServers.NotStarted`.
    public static func shared() throws -> MailServers { try sharedResult.get() }

    private static let sharedResult = Result { try MailServers() }

    private init() throws {
        processes = try RunningServers("mail")
        plain = try processes.number("plain")
        startTLS = try processes.number("starttls")
        implicit = try processes.number("implicit")
        authority = try processes.text("authority")
        user = try processes.text("user")
        password = Secret(try processes.text("password"))
        log = try processes.text("messages")
    }

    /// What came so far to an address: each test has its own.
    public func messages(to recipient: String) throws -> [Message] {
        try RunningServers.lines(of: log).map { line in
            let entry = try JSONValue(parsing: line)
            return Message(
                server: entry["server"]?.string ?? "", sender: entry["from"]?.string ?? "",
                recipients: entry["to"]?.array?.compactMap(\.string) ?? [], isEncrypted: entry["tls"]?.bool ?? false,
                isLoggedIn: entry["user"]?.bool ?? false, content: entry["content"]?.string ?? "")
        }.filter { $0.recipients.contains(recipient) }
    }
}
