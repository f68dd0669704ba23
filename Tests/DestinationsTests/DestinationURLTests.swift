import Destinations
import Support
import Testing

@Suite("A destination's URL")
struct DestinationURLTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let text: String
        var scheme = "file"
        var user: String?
        var password: String?
        var host = ""
        var port: Int?
        var path = ""
        var query: [(String, String)] = []

        var testDescription: String { text }
    }

    static let examples = [
        Example(text: "file:///srv/backup", path: "/srv/backup"),
        Example(text: "file://srv/backup", host: "srv", path: "backup"),
        Example(text: "/srv/back?up#1+%20", path: "/srv/back?up#1+%20"),
        Example(text: "relative/folder", path: "relative/folder"),
        Example(text: "c:\\x", path: "c:\\x"),
        Example(text: "file:///C:\\x@y:z", path: "C:\\x@y:z"),
        Example(text: "file://C:\\x?use-move-for-put=true", path: "C:\\x", query: [("use-move-for-put", "true")]),
        Example(text: "FILE:///srv/a+b%2Bc%20d", path: "/srv/a b+c d"),
        Example(text: "file:///a@b:c/d", path: "/a@b:c/d"),
        Example(text: "s3://My-Bucket/pre/fix", scheme: "s3", host: "My-Bucket", path: "pre/fix"),
        Example(text: "s3://bucket", scheme: "s3", host: "bucket"),
        Example(text: "s3://bucket?use-ssl", scheme: "s3", host: "bucket", query: [("use-ssl", "")]),
        Example(
            text: "ssh://joe:s%40cret@nas:2222/home/joe?a=b=c&A=%26&a+b=c+d", scheme: "ssh", user: "joe",
            password: "s@cret", host: "nas", port: 2222, path: "home/joe",
            query: [("a", "b=c"), ("A", "&"), ("a b", "c d")]),
        Example(text: "ssh://joe@nas/x", scheme: "ssh", user: "joe", host: "nas", path: "x"),
        Example(text: "ssh://joe@home@nas/x", scheme: "ssh", user: "joe@home", host: "nas", path: "x"),
        Example(text: "ssh://joe@home:pw@nas", scheme: "ssh", user: "joe@home", password: "pw", host: "nas"),
        Example(text: "ssh://joe:@nas", scheme: "ssh", user: "joe", password: "", host: "nas"),
        Example(text: "ssh://nas:22/a@b", scheme: "ssh", host: "nas", port: 22, path: "a@b"),
        Example(text: "ssh://[fe80::1]:22/x", scheme: "ssh", host: "[fe80::1]", port: 22, path: "x"),
        Example(text: "ssh://nas:22x", scheme: "ssh", host: "nas", port: 22, path: "x"),
        Example(text: "webdav://h/p?q=a?b#c", scheme: "webdav", host: "h", path: "p", query: [("q", "a?b#c")]),
        Example(text: "webdav://h//p/", scheme: "webdav", host: "h", path: "/p/"),
        Example(text: "box://%u00e9%u20AC%uD83D%uDE00/%zz%4", scheme: "box", host: "é€😀", path: "%zz%4"),
        Example(
            text: "box://x/%C3%A9?=v&&k=&k", scheme: "box", host: "x", path: "é",
            query: [("", "v"), ("k", ""), ("k", "")]),
        Example(text: "storj://", scheme: "storj"),
    ]

    @Test("has the parts that Duplicati sees in it", arguments: examples)
    func parts(_ example: Example) throws {
        let url = try DestinationURL(parsing: example.text)
        #expect(url.scheme == example.scheme)
        #expect(url.user == example.user)
        #expect(url.password?.reveal() == example.password)
        #expect(url.host == example.host)
        #expect(url.port == example.port)
        #expect(url.path == example.path)
        #expect(url.query.map(\.name) == example.query.map(\.0))
        #expect(url.query.map(\.value) == example.query.map(\.1))
    }

    @Test(
        "is refused as configuration when it cannot be meant",
        arguments: ["", "s3://h\0", "s3://h/%00", "s3://h/%FF", "ssh://%80@h", "ssh://h:65536", "s3://h?k=%C3"])
    func refused(_ text: String) {
        let error = #expect(throws: DestinationError.self) { try DestinationURL(parsing: text) }
        #expect(error?.kind == .configuration)
    }

    @Test("is the same after its encoded parts are put together again")
    func roundTrip() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SplitMix(seed: seed)
        for _ in 0..<2000 {
            let user = random.text(1...8)
            let password = random.text(0...8)
            let host = random.text(1...8)
            let path = random.text(0...12)
            let pairs = (0..<random.below(4)).map { _ in (random.text(1...5), random.text(0...8)) }
            let port = random.below(2) == 0 ? nil : random.below(65_536)
            var text = "s3://\(encoded(user)):\(encoded(password))@\(encoded(host))"
            if let port { text += ":\(port)" }
            text += "/\(encoded(path))"
            if !pairs.isEmpty { text += "?" + pairs.map { "\(encoded($0.0))=\(encoded($0.1))" }.joined(separator: "&") }
            let url = try DestinationURL(parsing: text)
            let parts = [url.user, url.password?.reveal(), url.host, url.path]
            guard parts == [user, password, host, path], url.port == port,
                url.query.map(\.name) == pairs.map(\.0), url.query.map(\.value) == pairs.map(\.1)
            else {
                Issue.record("seed \(seed): \(text) has other parts")
                return
            }
        }
    }

    @Test("never traps, whatever the bytes are")
    func anyText() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SplitMix(seed: seed)
        let pieces =
            Array(":/?@[]%&=+#\\u0aZ.\u{e9}").map(String.init) + ["://", "%2", "%uD83D", "file://", "%41", "C:\\"]
        for _ in 0..<20_000 {
            let text = (0..<random.below(20)).map { _ in pieces[random.below(pieces.count)] }.joined()
            guard let url = try? DestinationURL(parsing: text) else { continue }
            #expect(!url.scheme.isEmpty, "seed \(seed): \(text)")
        }
    }

    @Test("shows neither user, password, query nor a Tahoe capability")
    func redaction() throws {
        let url = try DestinationURL(parsing: "s3://KEYID:hunter2@bucket:9000/pre?aws-secret-access-key=swordfish")
        var dumped = ""
        dump(url, to: &dumped)
        for text in ["\(url)", String(reflecting: url), dumped] {
            #expect(!text.contains("KEYID") && !text.contains("hunter2") && !text.contains("swordfish"))
        }
        #expect("\(url)" == "s3://••••@bucket:9000/pre")
        #expect("\(try DestinationURL(parsing: "tahoe://h:3456/uri/URI:DIR2:abc"))" == "tahoe://h:3456/••••")
    }

    @Test("gives the last value of an option, whatever its letter case")
    func option() throws {
        let url = try DestinationURL(parsing: "s3://b?Use-SSL=false&use-ssl=true")
        #expect(url.option("USE-SSL") == "true")
        #expect(url.option("absent") == nil)
    }

    private func encoded(_ text: String) -> String { PercentEscapes.encode(text) }
}

/// A generator of random texts that a seed repeats.
struct SplitMix {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }

    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

    /// Characters of which many have a meaning in URLs.
    mutating func text(_ lengths: ClosedRange<Int>) -> String {
        let characters = Array("ab/?:@%&=+ #~'[]\\\"<>é€😀\u{1}\n")
        let length = lengths.lowerBound + below(lengths.count)
        return String((0..<length).map { _ in characters[below(characters.count)] })
    }
}
