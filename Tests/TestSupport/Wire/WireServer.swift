internal import Synchronization

/// A small server that speaks a destination's protocol well and keeps its objects in memory.
///
/// Faults are put before it: see ``WireKit``.
public protocol WireServer: AnyObject, Sendable {
    /// Answers a request as a good server would.
    func answer(_ request: LoopbackHTTPServer.Request) -> LoopbackHTTPServer.Reply

    /// What it keeps.
    var memory: WireMemory { get }

    /// How often somebody logged in.
    var logins: Int { get }

    /// Makes every login of the past invalid.
    func expireLogins()
}

/// What can be odd about the pages of a listing.
public enum PageOddity: String, Sendable, CaseIterable {
    /// Pages have fewer rows than were asked for, though more follow.
    case short
    /// The same page comes for ever.
    case repeated
    /// A page says that more follow, and not how to get there.
    case withoutContinuation
    /// A page ends with a folder.
    case folders
}

/// How a kind of destination speaks, for checks with a scripted server.
public struct WireSubject: Sendable {
    /// Makes a server with an empty container.
    public let server: @Sendable () -> any WireServer
    /// The URL of that container on a server at an address such as `http://127.0.0.1:8080`, with credentials.
    public let url: @Sendable (_ address: String) -> String
    /// The same with a wrong password.
    public let urlWithWrongPassword: @Sendable (_ address: String) -> String
    /// What must never be seen in logs, errors and at other hosts.
    public let secrets: [String]
    /// Whether a request stores an object's content.
    public let isPut: @Sendable (LoopbackHTTPServer.Request) -> Bool
    /// Whether a request fetches an object's content.
    public let isGet: @Sendable (LoopbackHTTPServer.Request) -> Bool
    /// Whether a request lists the container.
    public let isList: @Sendable (LoopbackHTTPServer.Request) -> Bool

    /// Describes a kind.
    public init(
        secrets: [String], server: @escaping @Sendable () -> any WireServer,
        url: @escaping @Sendable (_ address: String) -> String,
        urlWithWrongPassword: @escaping @Sendable (_ address: String) -> String,
        isPut: @escaping @Sendable (LoopbackHTTPServer.Request) -> Bool,
        isGet: @escaping @Sendable (LoopbackHTTPServer.Request) -> Bool,
        isList: @escaping @Sendable (LoopbackHTTPServer.Request) -> Bool
    ) {
        self.secrets = secrets
        self.server = server
        self.url = url
        self.urlWithWrongPassword = urlWithWrongPassword
        self.isPut = isPut
        self.isGet = isGet
        self.isList = isList
    }
}

/// A request's target, taken apart and decoded.
struct WireTarget {
    let path: String
    let query: [String: String]

    init(_ target: String) {
        // A proxy is asked for whole addresses.
        var target = Substring(target)
        if target.hasPrefix("http://") { target = target.dropFirst(7).drop { $0 != "/" } }
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = Self.decoded(parts[0])
        var query: [String: String] = [:]
        for pair in parts.count > 1 ? parts[1].split(separator: "&") : [] {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            query[Self.decoded(halves[0])] = halves.count > 1 ? Self.decoded(halves[1]) : ""
        }
        self.query = query
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The path's first segments, and all the rest as one.
    func segments(_ count: Int) -> [String] {
        path.dropFirst().split(separator: "/", maxSplits: count, omittingEmptySubsequences: false).map(String.init)
    }
}

/// The bytes of a range of a body, as a server sends them.
enum WireRange {
    static func reply(
        _ body: [UInt8], _ range: String?, headers: [(String, String)]
    ) -> LoopbackHTTPServer.Reply {
        guard let range, range.hasPrefix("bytes=") else { return .response(status: 200, headers: headers, body: body) }
        let ends = range.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard let first = Int(ends[0]), first < body.count else {
            return .response(status: 416, headers: [("Content-Range", "bytes */\(body.count)")])
        }
        let last = min(ends.count > 1 ? Int(ends[1]) ?? .max : .max, body.count - 1)
        return .response(
            status: 206, headers: headers + [("Content-Range", "bytes \(first)-\(last)/\(body.count)")],
            body: Array(body[first...last]))
    }
}
