import Glibc
import Secrets
import Support
import Testing

@testable import Configuration

@Suite("Variables whose values stand in files")
struct VariableFileTests {
    private func load(
        _ environment: [String: String], instance: String = "${NAME}"
    ) throws(InvalidConfiguration) -> Configuration {
        let text = """
            version: 1
            instance: "\(instance)"
            destinations: { disk: { url: "/b/{job}" } }
            jobs:
              a: { sources: [{ path: /a }], encryption: { passphrase: { env: KEY } }, destinations: [disk] }

            """
        return try ConfigurationLoader.load(utf8: Array(text.utf8), file: "f", folder: "/", environment: environment)
            .configuration
    }

    private func codes(_ environment: [String: String]) -> [DiagnosticCode] {
        let error = #expect(throws: InvalidConfiguration.self) { try load(environment) }
        return error?.diagnostics.map { $0.code } ?? []
    }

    @Test(
        "`NAME_FILE` names the file with the value, without one line end",
        arguments: [("box\n", "box"), ("box\r\n", "box"), ("box", "box"), ("box\n\n", "box\n"), (" box ", " box ")])
    func file(_ content: String, _ value: String) throws {
        let folder = try ConfigurationFolder(["name": content])
        #expect(try load(["NAME_FILE": "\(folder.path)/name"]).instance == value)
    }

    @Test("a default counts when neither is set, and not when the file is there")
    func defaults() throws {
        let folder = try ConfigurationFolder(["name": "box\n", "empty": "\n"])
        #expect(try load([:], instance: "${NAME:-none}").instance == "none")
        #expect(try load(["NAME_FILE": "\(folder.path)/name"], instance: "${NAME:-none}").instance == "box")
        #expect(try load(["NAME_FILE": "\(folder.path)/empty"], instance: "${NAME:-none}").instance == "none")
        #expect(try load(["NAME_FILE": ""], instance: "${NAME:-none}").instance == "none")
        #expect(try load(["NAME_FILE": "\(folder.path)/name"], instance: "${NAME_FILE:+set}").instance == "set")
    }

    @Test("exactly one of the two may be set")
    func both() throws {
        #expect(codes(["NAME": "a", "NAME_FILE": "/b"]) == [.variableTwice])
        #expect(codes(["NAME": "", "NAME_FILE": "/b"]) == [.variableTwice])
        #expect(codes(["NAME": "a", "KEY": "a", "KEY_FILE": "/b"]) == [.variableTwice])
        #expect(codes(["NAME": "a", "DUNNAGE__INSTANCE": "a", "DUNNAGE__INSTANCE_FILE": "/b"]) == [.variableTwice])
    }

    @Test("a file that cannot be used is an error: missing, a folder, too large, no text")
    func unusable() throws {
        let folder = try ConfigurationFolder(["large": String(repeating: "x", count: (64 << 10) + 1)])
        try folder.write("bytes", "")
        let file = try FileDescriptor.open("\(folder.path)/bytes", flags: O_WRONLY)
        try [UInt8]([0xFF]).withUnsafeBytes { try file.write(all: $0) }
        for path in ["/nonexistent", folder.path, "\(folder.path)/large", "\(folder.path)/bytes"] {
            #expect(codes(["NAME_FILE": path]) == [.variableFile], "\(path)")
        }
    }

    @Test("a secret of a variable may be in a file too, which is read when the secret is")
    func secret() throws {
        let configuration = try load(["NAME": "a", "KEY_FILE": "/run/secrets/key"])
        #expect(Array(configuration.secrets.values) == [.file("/run/secrets/key")])
        #expect(try Array(load(["NAME": "a", "KEY": "x"]).secrets.values) == [.environment("KEY")])
    }

    @Test("a variable that sets a value may be in a file")
    func override() throws {
        let folder = try ConfigurationFolder(["name": "from a file\n"])
        let configuration = try load(["DUNNAGE__INSTANCE_FILE": "\(folder.path)/name"])
        #expect(configuration.instance == "from a file")
        #expect(configuration.overrides == ["DUNNAGE__INSTANCE_FILE"])
    }
}
