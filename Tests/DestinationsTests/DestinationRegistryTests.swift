import Destinations
import TestSupport
import Testing

@Suite("The registry of destinations")
struct DestinationRegistryTests {
    @Test("opens a folder by URL and by path", arguments: ["file:///srv/backup", "/srv/backup", "/srv/backup//"])
    func folder(_ url: String) throws {
        #expect(try DestinationRegistry.open(url: url).label == "file:///srv/backup")
    }

    @Test("says by name that a kind is not built yet", arguments: ["webdavs", "ssh", "B2"])
    func notBuilt(_ scheme: String) throws {
        let error = try #require(throws: DestinationError.self) {
            try DestinationRegistry.open(url: "\(scheme)://user:hunter2@place/path?key=swordfish")
        }
        #expect(error.kind == .unsupported)
        #expect(error.detail.contains("is not built yet"))
        #expect(!"\(error)".contains("hunter2") && !"\(error)".contains("swordfish"))
    }

    @Test("says why a kind never will be")
    func refused() throws {
        let error = try #require(throws: DestinationError.self) { try DestinationRegistry.open(url: "sia://host/path") }
        #expect(error.kind == .unsupported)
        #expect("\(error)".contains("cannot be supported: the service's API is gone"))
    }

    @Test("guesses what an unknown scheme was meant to be")
    func guess() throws {
        let error = try #require(throws: DestinationError.self) { try DestinationRegistry.open(url: "flie:///srv") }
        #expect(error.kind == .configuration)
        #expect(
            "\(error)"
                == "Cannot use the destination at flie:///srv: there is no destination 'flie://'. "
                + "Did you mean 'file://'? What works in this version: "
                + DestinationRegistry.schemes.map { "\($0)://" }.joined(separator: ", ") + ".")
    }

    @Test("refuses Windows paths with a way out", arguments: ["file://C:\\x", "file:///C:/x", "file://\\\\srv\\share"])
    func windows(_ url: String) throws {
        let error = try #require(throws: DestinationError.self) { try DestinationRegistry.open(url: url) }
        #expect(error.kind == .configuration)
        #expect(error.advice.contains("file:///path"))
    }

    @Test("refuses a URL without a folder")
    func noFolder() throws {
        let error = try #require(throws: DestinationError.self) { try DestinationRegistry.open(url: "file://") }
        #expect(error.kind == .configuration)
    }

    @Test("warns about options that are unknown, repeated or without effect, and never shows their values")
    func warnings() throws {
        let warnings = Sentences()
        _ = try DestinationRegistry.open(
            url: "file:///srv?use-move-for-putt=1&auth-password=swordfish&AUTH-password=swordfish&no-connection-reuse",
            options: ["zzz": "swordfish", "force-smb-authentication": "true"], environment: warnings.environment)
        #expect(
            warnings.all == [
                "file:///srv: option 'auth-password' is given more than once in the URL; the last one counts",
                "file:///srv: option 'auth-password' has no effect: this destination does not use it",
                "file:///srv: option 'force-smb-authentication' has no effect: mount the share first",
                "file:///srv: unknown option 'use-move-for-putt' is ignored; did you mean 'use-move-for-put'?",
                "file:///srv: unknown option 'zzz' is ignored",
            ])
    }

    @Test("lets the URL override the configuration's options")
    func precedence() throws {
        let url = try DestinationURL(parsing: "file:///srv?A=url&flag=off")
        let options = DestinationOptions(["a": "configuration", "b": "kept"], overriddenBy: url)
        var shown = "\(options) \(String(reflecting: options))"
        dump(options, to: &shown)
        #expect("\(options)" == "a, b, flag" && !shown.contains("configuration"))
        #expect(options["a"] == "url")
        #expect(options["b"] == "kept")
        #expect(options.flag("flag") == false)
        #expect(options.flag("a") == true)
        #expect(options.flag("absent") == nil)
    }
}
