internal import Support

/// The head of a request, checked.
struct RequestHead: Sendable {
    /// How the end of the body is found.
    enum Framing: Sendable, Hashable {
        case none
        case length(Int)
        case chunked
    }

    let method: String
    let target: RequestTarget
    let isHTTP10: Bool
    let host: String?
    let fields: HTTPHeaders
    let framing: Framing
    /// Whether the client wants no further request on the connection.
    let closes: Bool
    /// Whether the client waits for `100 Continue` before it sends the body.
    let expectsContinue: Bool
}

/// The first line of a request.
struct RequestLine {
    let method: String
    let target: RequestTarget
    /// What an absolute target names as its host and port.
    let authority: ArraySlice<UInt8>?
    let isHTTP10: Bool

    init(_ line: ArraySlice<UInt8>) throws(RequestFault) {
        guard let first = line.firstIndex(of: .blank), let last = line.lastIndex(of: .blank), first < last else {
            throw .requestLine
        }
        let method = line[..<first]
        guard !method.isEmpty, method.count <= 32, method.allSatisfy(\.isTokenCharacter) else { throw .requestLine }
        let version = Array(line[(last + 1)...])
        guard version.count == 8, version.starts(with: "HTTP/".utf8), version[5].isDigit, version[7].isDigit,
            version[6] == UInt8(ascii: ".")
        else { throw .requestLine }
        guard version[5] == UInt8(ascii: "1") else { throw .version }
        // Of later minor versions everything is true that is of 1.1.
        isHTTP10 = version[7] == UInt8(ascii: "0")
        self.method = String(decoding: method, as: UTF8.self)
        if self.method == "CONNECT" { throw .tunnel }
        let (authority, path) = try Self.split(line[(first + 1)..<last])
        self.authority = authority
        target = try RequestTarget(path)
        if target.rawPath == "*" && self.method != "OPTIONS" { throw .target }
    }

    /// Takes the scheme and the authority off an absolute target; servers have to take these also from clients.
    private static func split(
        _ target: ArraySlice<UInt8>
    ) throws(RequestFault) -> (authority: ArraySlice<UInt8>?, path: ArraySlice<UInt8>) {
        let scheme =
            target.prefix(7).isWord("http://") ? 7 : target.prefix(8).isWord("https://") ? 8 : 0
        guard scheme > 0 else { return (nil, target) }
        let rest = target.dropFirst(scheme)
        let end = rest.firstIndex { $0 == .slash || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        let path = rest[end...]
        return (rest[..<end], path.first == .slash ? path : [.slash] + path)
    }
}

/// A head whose fields are still coming in.
struct PartialHead {
    let line: RequestLine
    private(set) var fields = HTTPHeaders()
    private(set) var count = 0

    init(_ line: RequestLine) { self.line = line }

    /// Adds a field from its line, without the line's end.
    mutating func append(_ line: ArraySlice<UInt8>, limit: Int) throws(RequestFault) {
        guard count < limit else { throw .headTooLarge }
        let (name, value) = try Self.field(line)
        fields.append(name, value)
        count += 1
    }

    /// A name and a value; a line that goes on where another ended is none, nor is one with a blank before its colon.
    static func field(_ line: ArraySlice<UInt8>) throws(RequestFault) -> (name: String, value: String) {
        guard let colon = line.firstIndex(of: .colon) else { throw .field }
        let name = line[..<colon]
        let value = line[(colon + 1)...].trimmed
        guard !name.isEmpty, name.allSatisfy(\.isTokenCharacter), value.allSatisfy(\.isFieldCharacter),
            let text = String(validating: value, as: UTF8.self)
        else { throw .field }
        return (String(decoding: name, as: UTF8.self), text)
    }

    /// Judges the fields together.
    func complete() throws(RequestFault) -> RequestHead {
        for name in Self.singular where fields.all(name).count > 1 { throw .field }
        let tokens = fields.all("Connection").flatMap { $0.utf8.split(separator: UInt8(ascii: ",")) }
        return RequestHead(
            method: line.method, target: line.target, isHTTP10: line.isHTTP10, host: try host(), fields: fields,
            framing: try framing(),
            closes: line.isHTTP10 || tokens.contains { ArraySlice(Array($0)).trimmed.isWord("close") },
            expectsContinue: try expectsContinue())
    }

    /// Two of these would let two readers see two requests.
    private static let singular = ["Authorization", "Content-Type", "Origin", "Expect"]

    private func host() throws(RequestFault) -> String? {
        let hosts = fields.all("Host")
        guard hosts.count == 1 || hosts.isEmpty && line.isHTTP10 else { throw .host }
        let parsed = hosts.map { HostName.parse(ArraySlice($0.utf8)) }
        guard !parsed.contains(nil) else { throw .host }
        if let authority = line.authority {
            guard let named = HostName.parse(authority) else { throw .host }
            // A proxy would believe the one, and its backend the other.
            let letters = authority.map(\.asciiLowercased)
            guard hosts.allSatisfy({ $0.utf8.map(\.asciiLowercased) == letters }) else { throw .host }
            return named
        }
        return parsed.first ?? nil
    }

    private func framing() throws(RequestFault) -> RequestHead.Framing {
        let lengths = fields.all("Content-Length")
        let codings = fields.all("Transfer-Encoding")
        guard codings.isEmpty else {
            guard lengths.isEmpty, !line.isHTTP10, codings.count == 1 else { throw .framing }
            guard Array(codings[0].utf8).isWord("chunked") else {
                throw codings[0].utf8.contains(UInt8(ascii: ",")) ? .framing : .transferCoding
            }
            return .chunked
        }
        guard let text = lengths.first?.utf8 else { return .none }
        guard lengths.count == 1, (1...18).contains(text.count), text.allSatisfy(\.isDigit),
            let length = Int(lengths[0])
        else { throw .framing }
        return length == 0 ? .none : .length(length)
    }

    private func expectsContinue() throws(RequestFault) -> Bool {
        guard !line.isHTTP10, let expected = fields["Expect"] else { return false }
        guard Array(expected.utf8).isWord("100-continue") else { throw .expectation }
        return true
    }
}
