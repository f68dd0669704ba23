public import Support

/// A forward proxy for HTTP, and for anything else through CONNECT.
public struct ProxyServer: Sendable {
    /// Where it listens.
    public let port: Int
    /// The user that it wants, nil when anybody may use it.
    public let user: String?
    /// The user's password.
    public let password: Secret
    /// Its process.
    public let processes: RunningServers

    /// Its address without user and path.
    public var url: String { "http://127.0.0.1:\(port)" }

    /// Whether it can run.
    public static let isThere = RunningServers.havePython

    /// Why tests are skipped.
    public static let absence = "python3 is not installed"

    /// Starts one; it ends with its last owner.
    public init(user: String? = nil, password: String = "") throws {
        processes = try RunningServers("proxy", user.map { ["user": $0, "password": password] } ?? [:])
        self.user = user
        self.password = Secret(password)
        port = try processes.number("port")
    }

    /// Every request that it let through so far: method and host with port.
    public func requests() throws -> [String] {
        try RunningServers.lines(of: try processes.text("requests"))
    }
}
