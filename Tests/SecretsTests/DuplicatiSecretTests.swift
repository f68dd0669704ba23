import Cryptography
import Foundation
import Glibc
import Support
import TestSupport
import Testing

@testable import Secrets

/// Duplicati's `$name` placeholders, provider URLs and caches.
@Suite struct DuplicatiSecretTests {
    @Test(
        "a value is a placeholder only as a whole",
        arguments: [
            ("$", "$key", .key("key")), ("$", "$a-b_c/d", .key("a-b_c/d")), ("$", "$key!", .misleading),
            ("$", "a$key", .literal), ("$", "$", .literal), ("${}", "${a b.c}", .key("a b.c")),
            ("${}", "$key", .literal), ("${}", "${key}x", .misleading), ("${}", "${key", .misleading),
            ("!secret:", "!secret:x", .key("x")), ("!()", "!(x)", .key("x")), ("#[]", "#[]", .misleading),
        ] as [(String, String, DuplicatiPlaceholder.Reading)])
    func placeholders(_ pattern: String, _ value: String, _ expected: DuplicatiPlaceholder.Reading) throws {
        #expect(try #require(DuplicatiPlaceholder(pattern: pattern)).reading(value) == expected)
    }

    private func fetch(
        _ url: String, _ key: String, environment: [String: String] = [:]
    ) throws(SecretError) -> String {
        try SecretKit.fetch(.duplicati(DuplicatiSecret(url: Template(url), key: key)), environment: environment)
    }

    @Test("env:// reads variables, and the whole URL may stand in one")
    func environment() throws {
        #expect(try fetch("env://", "A", environment: ["A": "x"]) == "x")
        for written in ["$P", "${P}", "%P%"] {
            #expect(try fetch(written, "A", environment: ["A": "x", "P": "env://"]) == "x")
        }
        let error = #expect(throws: SecretError.self) { try fetch("env://", "B") }
        #expect(error?.reason == .variableMissing("B"))
    }

    @Test("file-secret:// reads a JSON file, also an encrypted one, whatever the case of the key")
    func file() throws {
        let folder = try TemporaryFolder()
        try SecretKit.write(#"{"MyKey": "v"}"#, to: "\(folder.path)/a b.json")
        #expect(try fetch("file-secret://\(folder.path)/a%20b.json", "mykey") == "v")
        let sink = MemorySink()
        let writer = try AESCryptWriter(to: sink, passphrase: Secret("p+ &"))
        try Array(#"{"k": "w"}"#.utf8).withUnsafeBytes { try writer.write($0) }
        try writer.finish()
        try SecretKit.write(sink.bytes, to: "\(folder.path)/s.json.aes")
        #expect(try fetch("file-secret://\(folder.path)/s.json.aes?passphrase=p%2B+%26", "K") == "w")
        let wrong = #expect(throws: SecretError.self) {
            try fetch("file-secret://\(folder.path)/s.json.aes?passphrase=geheim", "K")
        }
        #expect(wrong?.description.contains("passphrase does not open it") == true)
        #expect(wrong?.description.contains("geheim") == false)
    }

    @Test("hcv:// looks a key up in every path in order, whatever its case")
    func vault() throws {
        let server = try LoopbackHTTPServer { request, _ in
            switch request.target {
            case "/v1/kv/data/one" where request["x-vault-token"] == "t":
                SecretKit.reply(#"{"data": {"data": {"A": "1"}}}"#)
            case "/v1/kv/data/two" where request["x-vault-token"] == "t":
                SecretKit.reply(#"{"data": {"data": {"A": "2", "B": "3"}}}"#)
            case "/v1/auth/approle/login":
                SecretKit.reply(#"{"auth": {"client_token": "t", "lease_duration": 60}}"#)
            default: SecretKit.reply(403, #"{"errors": ["permission denied"]}"#)
            }
        }
        defer { server.stop() }
        let url = "hcv://127.0.0.1:\(server.port)?connection-type=http&mount=kv&secrets=one,+two"
        #expect(try fetch("\(url)&token=t", "a") == "1")
        #expect(try fetch("\(url)&token=t", "B") == "3")
        #expect(try fetch("\(url)&client-id=i&client-secret=s", "B") == "3")
        #expect(throws: SecretError.self) { try fetch("\(url)&token=t", "c") }
        #expect(throws: SecretError.self) { try fetch("\(url)&token=t&case-sensitive", "a") }
        #expect(throws: SecretError.self) { try fetch("\(url)", "a") }
    }

    @Test(
        "stores of other systems and unknown schemes are refused with advice",
        arguments: ["keychain://", "wincred://", "x://", "libsecret://", "no url"])
    func refused(_ url: String) throws {
        guard case .notConfigured = SecretKit.cause(.duplicati(DuplicatiSecret(url: Template(url), key: "k"))) else {
            Issue.record("\(url) was not refused")
            return
        }
    }

    @Test(
        "a cached value is used when the provider cannot be reached, and only then",
        arguments: DuplicatiSecret.Cache.allCases)
    func cache(_ mode: DuplicatiSecret.Cache) throws {
        let folder = try TemporaryFolder()
        let server = try LoopbackHTTPServer { _, number in
            switch number {
            case 1: SecretKit.reply(#"{"data": {"data": {"k": "first"}}}"#)
            case 2: SecretKit.reply(#"{"data": {"data": {"k": "second"}}}"#)
            case 3: SecretKit.reply(403, #"{"errors": ["permission denied"]}"#)
            default: .hangUp
            }
        }
        defer { server.stop() }
        let url = "hcv://127.0.0.1:\(server.port)?connection-type=http&secrets=a&token=geheim-token"
        let source = SecretSource.duplicati(DuplicatiSecret(url: Template(url), key: "k", cache: mode))
        let store = SecretKit.store(["s": source], cacheFolder: "\(folder.path)/state")
        let reference = SecretReference("s")
        #expect(try store.secret(reference).reveal() == "first")
        #expect(try store.refreshed().secret(reference).reveal() == "second")
        #expect(throws: SecretError.self) { try store.refreshed().secret(reference) }
        // No answer from here on.
        let known = mode == .none ? nil : "second"
        #expect((try? store.refreshed().secret(reference))?.reveal() == known)
        let later = SecretKit.store(["s": source], cacheFolder: "\(folder.path)/state")
        #expect((try? later.secret(reference))?.reveal() == (mode == .persistent ? "second" : nil))

        let files = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/state")) ?? []
        #expect(files.count == (mode == .persistent ? 1 : 0))
        for name in files {
            #expect(name.hasPrefix("secret-cache-") && name.hasSuffix(".json.aes") && name.count == 34)
            let content = try SmallFile.read("\(folder.path)/state/\(name)", limit: 4096)
            #expect(!String(decoding: content, as: UTF8.self).contains("second"))
            var status = stat()
            #expect(stat("\(folder.path)/state/\(name)", &status) == 0 && status.st_mode & 0o777 == 0o600)
        }
    }
}
