import Glibc
import Support
import Testing

@testable import Secrets

@Suite struct SecretStoreTests {
    private func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o600) throws {
        let file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
        try bytes.withUnsafeBytes { try file.write(all: $0) }
        #expect(chmod(path, mode) == 0)
    }

    private func fetch(_ source: SecretSource, environment: [String: String] = [:]) throws(SecretError) -> String {
        try SecretStore(sources: ["s": source], environment: environment).secret(SecretReference("s")).reveal()
    }

    @Test(
        "a file's secret loses one newline and nothing else",
        arguments: [
            ("a b", "a b"), ("a\n", "a"), ("a\r\n", "a"), ("a\n\n", "a\n"), (" a \n", " a "), ("a\nb\n", "a\nb"),
        ])
    func newline(_ content: String, _ secret: String) throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/secret"
        try write(Array(content.utf8), to: path)
        #expect(try fetch(.file(path)) == secret)
    }

    @Test("a file that cannot be used says which, why, and what to do")
    func fileErrors() throws {
        let folder = try TemporaryFolder()
        func reason(_ name: String, _ bytes: [UInt8]?, mode: mode_t = 0o600) throws -> SecretError.Reason? {
            let path = "\(folder.path)/\(name)"
            if let bytes { try write(bytes, to: path, mode: mode) }
            let error = #expect(throws: SecretError.self) { try fetch(.file(path)) }
            #expect(error?.description.contains(path) == true)
            return error?.reason
        }
        #expect(try reason("none", nil) == .fileMissing("\(folder.path)/none"))
        #expect(try reason("empty", []) == .fileEmpty("\(folder.path)/empty"))
        #expect(try reason("newline", Array("\n".utf8)) == .fileEmpty("\(folder.path)/newline"))
        #expect(try reason("binary", [0xFF, 0xFE]) == .fileNotText("\(folder.path)/binary"))
        #expect(try reason("open", Array("x".utf8), mode: 0o666) == .fileWritableByAll("\(folder.path)/open"))
        let limit = ByteCount(Int64(SecretFile.limit))
        let big = [UInt8](repeating: 0x61, count: SecretFile.limit + 1)
        #expect(try reason("big", big) == .fileTooLarge("\(folder.path)/big", limit: limit))
        #expect(mkdir("\(folder.path)/folder", 0o700) == 0)
        #expect(try reason("folder", nil) == .fileIsFolder("\(folder.path)/folder"))
    }

    @Test("a file of another user is refused by name", .enabled(if: geteuid() != 0))
    func denied() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/secret"
        try write(Array("x".utf8), to: path, mode: 0)
        let error = #expect(throws: SecretError.self) { try fetch(.file(path)) }
        #expect(error?.reason == .fileDenied(path))
    }

    @Test("a file as large as the limit is a secret")
    func largest() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/secret"
        try write([UInt8](repeating: 0x61, count: SecretFile.limit), to: path, mode: 0o444)
        #expect(try fetch(.file(path)).utf8.count == SecretFile.limit)
    }

    @Test("a variable must be there and hold something")
    func variables() throws {
        #expect(try fetch(.environment("A"), environment: ["A": "x\n"]) == "x\n")
        let missing = #expect(throws: SecretError.self) { try fetch(.environment("A")) }
        #expect(missing?.reason == .variableMissing("A"))
        let empty = #expect(throws: SecretError.self) { try fetch(.environment("A"), environment: ["A": ""]) }
        #expect(empty?.reason == .variableEmpty("A"))
    }

    @Test("a secret is fetched once")
    func once() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/secret"
        try write(Array("first".utf8), to: path)
        let store = SecretStore(sources: ["s": .file(path)], environment: [:])
        #expect(try store.secret(SecretReference("s")).reveal() == "first")
        try write(Array("second".utf8), to: path)
        #expect(try store.secret(SecretReference("s")).reveal() == "first")
    }

    @Test("checking names every secret that cannot be had")
    func check() {
        let sources: [String: SecretSource] = [
            "b": .environment("B"), "a": .file("/nonexistent"), "c": .literal(Secret("x")),
        ]
        let errors = SecretStore(sources: sources, environment: [:]).check()
        #expect(errors.map { $0.name } == ["a", "b"])
        #expect(
            errors[1].description
                == "secret `b` needs the environment variable B, which is not set. "
                + "Set B for this process, or read the secret from a file.")
    }

    @Test("a secret inside a URL is percent-encoded, one that begins it is not")
    func urls() throws {
        let store = SecretStore(
            sources: ["p": .literal(Secret("a/b?c#d@e:f%g h&é~-._")), "u": .literal(Secret("https://hooks/x?y=z"))],
            environment: [:])
        let url = Template([.text("sftp://u:"), .secret(SecretReference("p")), .text("@host/%20")])
        #expect(try store.resolveURL(url) == "sftp://u:a%2Fb%3Fc%23d%40e%3Af%25g%20h%26%C3%A9~-._@host/%20")
        #expect(try store.resolve(url) == "sftp://u:a/b?c#d@e:f%g h&é~-._@host/%20")
        let whole = Template([.secret(SecretReference("u")), .text("&p="), .secret(SecretReference("p"))])
        #expect(try store.resolveURL(whole).hasPrefix("https://hooks/x?y=z&p=a%2Fb"))
    }

    @Test("a composed secret is made of others, and one that needs itself is an error")
    func composed() throws {
        let both = Template([.secret(SecretReference("a")), .text("-"), .secret(SecretReference("a"))])
        let sources: [String: SecretSource] = [
            "a": .literal(Secret("x1y2")), "b": .composed(both),
            "c": .composed(Template([.secret(SecretReference("d"))])),
            "d": .composed(Template([.secret(SecretReference("c"))])),
        ]
        let store = SecretStore(sources: sources, environment: [:])
        #expect(try store.secret(SecretReference("b")).reveal() == "x1y2-x1y2")
        let error = #expect(throws: SecretError.self) { try store.secret(SecretReference("c")) }
        #expect(error?.reason == .circular)
        #expect(throws: SecretError("z", .notDefined)) { try store.secret(SecretReference("z")) }
    }
}
