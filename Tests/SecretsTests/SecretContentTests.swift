import Cryptography
import Support
import Testing

@testable import Secrets

@Suite struct SecretContentTests {
    private func value(_ content: String, _ name: String, _ key: String?) throws -> String {
        let folder = try TemporaryFolder()
        try SecretKit.write(content, to: "\(folder.path)/\(name)")
        return try SecretKit.fetch(.content(SecretContent(path: "\(folder.path)/\(name)", key: key)))
    }

    private func cause(_ content: String, _ name: String, _ key: String?) throws -> SecretProviderFailure.Cause? {
        let folder = try TemporaryFolder()
        try SecretKit.write(content, to: "\(folder.path)/\(name)")
        return SecretKit.cause(.content(SecretContent(path: "\(folder.path)/\(name)", key: key)))
    }

    private static let json =
        #"{"a": "plain\n", "db": {"password": "p\"w", "ports": [5432, true]}, "x.y": "dotted", "n": null}"#

    @Test(
        "a key leads to a value of a JSON document",
        arguments: [
            ("a", "plain"), ("db.password", "p\"w"), ("db.ports.0", "5432"), ("db.ports.1", "true"), ("x.y", "dotted"),
        ])
    func json(_ key: String, _ expected: String) throws {
        #expect(try value(Self.json, "s.json", key) == expected)
    }

    @Test("a key leads to a value of a YAML document, as it is written there")
    func yaml() throws {
        let text = "db:\n  password: 0123\n  list: [a, 'b c']\n"
        #expect(try value(text, "s.yaml", "db.password") == "0123")
        #expect(try value(text, "s.yml", "db.list.1") == "b c")
    }

    @Test(
        "dotenv files are read as shells and Docker write them",
        arguments: [
            ("A=1\nB=two words \n", "B", "two words"), ("export A='it''s # no'\n", "A", "its # no"),
            ("A=\"x\\ny\\\"\"", "A", "x\ny\""), ("# c\n\nA=b#c # d\n", "A", "b#c"),
            ("A='one\ntwo'\nB=3", "A", "one\ntwo"),
            ("A = b\r\n", "A", "b"), ("A=1\nA=2\n", "A", "2"), ("A=$HOME\n", "A", "$HOME"),
        ])
    func dotenv(_ content: String, _ key: String, _ expected: String) throws {
        if content.contains("it''s") {
            // Quotes do not go on after they close.
            #expect(try cause(content, "s.env", key) == .malformed("line 1 goes on after its quote"))
        } else {
            #expect(try value(content, ".env", key) == expected)
        }
    }

    @Test("what cannot be found or read says so without a value")
    func errors() throws {
        #expect(try cause(Self.json, "s.json", "db.pasword") == .keyMissing("db.pasword", similar: "password"))
        #expect(try cause(Self.json, "s.json", "db") == .notSingle("db"))
        #expect(try cause(Self.json, "s.json", "n") == .empty)
        #expect(try cause(#"{"a": "geheim"#, "s.json", "a") == .malformed("it is not JSON, from byte 13 on"))
        #expect(try cause("a: [geheim\n", "s.yaml", "a") == .malformed("it is not YAML, from line 2 on"))
        #expect(try cause("geheim\n", "s.env", "a") == .malformed("line 1 is not `NAME=VALUE`"))
        #expect(try cause("A='geheim\n", "s.env", "A") == .malformed("the quote of line 1 is never closed"))
        guard case .notConfigured = try cause("x", "s.txt", "a") else {
            Issue.record("a format was guessed")
            return
        }
    }

    @Test("an encrypted file needs its passphrase, and gives all of itself or a value")
    func encrypted() throws {
        let folder = try TemporaryFolder()
        let sink = MemorySink()
        let writer = try AESCryptWriter(to: sink, passphrase: Secret("opens it"))
        try Array(Self.json.utf8).withUnsafeBytes { try writer.write($0) }
        try writer.finish()
        let path = "\(folder.path)/s.json.aes"
        try SecretKit.write(sink.bytes, to: path)
        let right: [String: SecretSource] = ["p": .literal(Secret("opens it"))]
        let whole = SecretSource.content(SecretContent(path: path, key: nil, passphrase: SecretReference("p")))
        let one = SecretSource.content(SecretContent(path: path, key: "db.password", passphrase: SecretReference("p")))
        #expect(try SecretKit.fetch(whole, beside: right) == Self.json)
        #expect(try SecretKit.fetch(one, beside: right) == "p\"w")
        #expect(SecretKit.cause(one, beside: ["p": .literal(Secret("wrong"))]) == .wrongPassphrase)
        let error = #expect(throws: SecretError.self) { try SecretKit.fetch(one, beside: ["p": .environment("P")]) }
        #expect(error == SecretError("p", .variableMissing("P")))
    }

    @Test("a systemd credential is a file of the folder that systemd names")
    func systemd() throws {
        let folder = try TemporaryFolder()
        try SecretKit.write("value\n", to: "\(folder.path)/backup", mode: 0o400)
        let environment = ["CREDENTIALS_DIRECTORY": folder.path]
        #expect(try SecretKit.fetch(.systemd("backup"), environment: environment) == "value")
        guard case .notConfigured = SecretKit.cause(.systemd("backup")) else {
            Issue.record("credentials without systemd")
            return
        }
        let missing = #expect(throws: SecretError.self) {
            try SecretKit.fetch(.systemd("other"), environment: environment)
        }
        #expect(missing?.reason == .fileMissing("\(folder.path)/other"))
    }
}
