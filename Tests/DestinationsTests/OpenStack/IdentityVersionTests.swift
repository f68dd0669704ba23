import Testing

@testable import Destinations

@Suite("The address of an identity service") struct IdentityVersionTests {
    static let stated: [(String, IdentityVersion?)] = [
        ("https://h:5000/v3", .v3), ("https://h:5000/v3/", .v3), ("https://h//v3", .v3), ("https://h/identity/v3", .v3),
        ("https://h/v3/auth/tokens", .v3), ("https://h/v2.0", .v2), ("https://h/v2.0/tokens", .v2),
        ("https://h/v2", .v2),
        ("https://h/auth/v1.0", .v1), ("https://h/auth/v1", .v1), ("https://h/v1", .v1), ("https://h/v1.0", .v1),
        ("https://h", nil), ("https://h/", nil), ("https://h/identity", nil), ("https://v3.example/", nil),
        ("https://h/v4", nil), ("https://h/vault", nil),
    ]

    @Test("states its version by a part of its path", arguments: stated)
    func version(_ url: String, _ version: IdentityVersion?) throws {
        #expect(try #require(IdentityAddress(url)).statedVersion == version)
    }

    static let bases: [(String, IdentityVersion, String)] = [
        ("https://h:5000", .v3, "https://h:5000/v3"), ("https://h:5000/v3//", .v3, "https://h:5000/v3"),
        ("https://h/v3/v3", .v3, "https://h/v3"), ("https://h/v3/auth/tokens/", .v3, "https://h/v3"),
        ("https://h/identity", .v3, "https://h/identity/v3"), ("https://h/v2.0", .v3, "https://h/v3"),
        ("https://h/v3", .v2, "https://h/v2.0"), ("https://h/v2", .v2, "https://h/v2"),
        ("https://h/v2.0/tokens", .v2, "https://h/v2.0"), ("HTTPS://h/auth/v1.0", .v1, "https://h/auth/v1.0"),
        ("https://h/", .v1, "https://h"),
    ]

    @Test("becomes the base of a version", arguments: bases)
    func base(_ url: String, _ version: IdentityVersion, _ base: String) throws {
        #expect(try #require(IdentityAddress(url)).base(of: version).url == base)
    }

    @Test(
        "is refused when it is no web address or holds a password",
        arguments: ["h:5000/v3", "ftp://h/v3", "", "https://", "https://u:p@h/v3"])
    func refused(_ url: String) {
        #expect(IdentityAddress(url) == nil)
    }

    static let published: [(String, String, String)] = [
        ("https://h:13000", "http://10.0.0.1:5000/v3/", "https://h:13000/v3"),
        ("https://h", "/v3", "https://h/v3"),
        ("https://h/identity", "http://inside/identity/v3", "https://h/identity/v3"),
        ("https://h/identity", "http://inside:5000/v3/", "https://h/identity/v3"),
        ("https://h/v3", "http://inside:5000/v3/", "https://h/v3"),
    ]

    @Test("stays the one that was written when a server publishes another", arguments: published)
    func following(_ written: String, _ href: String, _ used: String) throws {
        #expect(try #require(IdentityAddress(written)).following(href)?.url == used)
    }

    static let texts: [(String, IdentityVersion?)] = [
        ("v3", .v3), ("3", .v3), ("3.14", .v3), ("v2.0", .v2), ("V2", .v2), ("1.0", .v1), ("v1", .v1), ("4", nil),
        ("", nil), ("v", nil), ("latest", nil), ("2.x", nil), ("1.2.3", nil),
    ]

    @Test("has versions that are written in many ways", arguments: texts)
    func text(_ text: String, _ version: IdentityVersion?) {
        #expect(IdentityVersion(text: text) == version)
    }

    @Test("offers the highest version that is current")
    func discovery() throws {
        func best(_ entries: String) -> IdentityVersion? {
            VersionDiscovery(Array(#"{"versions":{"values":[\#(entries)]}}"#.utf8))?.best?.version
        }
        let two = #"{"id":"v2.0","status":"stable","links":[]}"#
        #expect(best(#"{"id":"v3.14","status":"stable"},"# + two) == .v3)
        #expect(best(#"{"id":"v3.14","status":"experimental"},"# + two) == .v2)
        #expect(best(#"{"id":"v2.0","status":"deprecated"}"#) == .v2)
        #expect(best(#"{"id":"v4.0","status":"stable"}"#) == nil)
        #expect(VersionDiscovery(Array("<html>".utf8)) == nil)
        #expect(VersionDiscovery(Array(#"{"version":{"id":"v3.8","status":"CURRENT"}}"#.utf8))?.best?.version == .v3)
        #expect(VersionDiscovery(Array(#"{"versions":[{"id":"v3.8"}]}"#.utf8))?.best?.version == .v3)
    }
}
