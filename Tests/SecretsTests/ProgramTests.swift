import Foundation
import Support
import TestSupport
import Testing

@testable import Secrets

/// The password stores of people, with their own programs.
@Suite(.serialized) struct ProgramTests {
    /// A home with a GnuPG key that has no passphrase.
    private final class Home {
        let folder: TemporaryFolder
        var path: String { folder.path }
        var environment: [String: String] {
            ["HOME": path, "GNUPGHOME": "\(path)/.gnupg", "PATH": TestTool.searchPath, "LANG": "C.UTF-8"]
        }

        init(withKey: Bool = true) throws {
            folder = try TemporaryFolder(prefix: "dg")
            guard withKey else { return }
            try run(
                "mkdir -m 700 .gnupg && gpg --batch --quiet --passphrase '' "
                    + "--quick-generate-key backup@example.org default default never")
        }

        deinit { _ = try? run("gpgconf --kill all") }

        func run(_ script: String) throws {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", script]
            process.environment = environment
            process.currentDirectoryURL = URL(fileURLWithPath: path)
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            let errors = Pipe()
            process.standardError = errors
            try process.run()
            let said = errors.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            try #require(process.terminationStatus == 0, "\(script): \(String(decoding: said, as: UTF8.self))")
        }
    }

    @Test(
        "pass gives an entry's first line, a field, or all of it",
        .enabled(if: TestTool.areThere("pass", "gpg"), "pass or gpg is not installed"))
    func pass() throws {
        let home = try Home()
        try home.run(
            "pass init backup@example.org && printf 'first line\\nuser: anna\\n' | pass insert -m backup/nas")
        func fetch(_ entry: PassEntry) throws -> String {
            try SecretKit.fetch(.pass(entry), environment: home.environment)
        }
        #expect(try fetch(PassEntry("backup/nas")) == "first line")
        #expect(try fetch(PassEntry("backup/nas", part: .field("user"))) == "anna")
        #expect(try fetch(PassEntry("backup/nas", store: "\(home.path)/.password-store")) == "first line")
        let url = Template("pass://")
        #expect(
            try SecretKit.fetch(.duplicati(DuplicatiSecret(url: url, key: "backup/nas")), environment: home.environment)
                == "first line\nuser: anna")
        func cause(_ entry: PassEntry) -> SecretProviderFailure.Cause? {
            SecretKit.cause(.pass(entry), environment: home.environment)
        }
        #expect(cause(PassEntry("backup/nas", part: .field("url"))) == .keyMissing("url", similar: nil))
        guard case .failed(status: 1, let words) = cause(PassEntry("backup/none")) else {
            Issue.record("an entry that is not there was given")
            return
        }
        #expect(words.contains("backup/none"))
        #expect(cause(PassEntry("a", program: "/nonexistent/pass")) == .programMissing)
    }

    @Test(
        "sops gives a value of a file, or all of it",
        .enabled(if: TestTool.areThere("sops", "gpg"), "sops or gpg is not installed; scripts/test-tools.sh brings it"))
    func sops() throws {
        let home = try Home()
        try SecretKit.write("db:\n  password: p \"w\"\nlist: [a, b]\n", to: "\(home.path)/plain.yaml")
        try home.run(
            "export SOPS_PGP_FP=$(gpg --list-keys --with-colons | sed -n 's/^fpr:*\\([0-9A-F]*\\):$/\\1/p' | head -n 1); "
                + "sops --encrypt plain.yaml > s.yaml")
        func source(_ key: String?) -> SecretSource { .sops(SOPSFile("\(home.path)/s.yaml", key: key)) }
        #expect(try SecretKit.fetch(source("db.password"), environment: home.environment) == "p \"w\"")
        #expect(try SecretKit.fetch(source("list.1"), environment: home.environment) == "b")
        #expect(try SecretKit.fetch(source(nil), environment: home.environment).contains("password: p \"w\""))
        guard case .failed = SecretKit.cause(source("db.none"), environment: home.environment) else {
            Issue.record("a value that is not there was given")
            return
        }
        let stranger = try Home(withKey: false)
        guard case .failed = SecretKit.cause(source("db.password"), environment: stranger.environment) else {
            Issue.record("the file opened without its key")
            return
        }
    }

    /// A double of `secret-tool`, written from its manual page: `lookup` prints the value, or ends with 1.
    @Test("libsecret is asked by attributes")
    func libsecret() throws {
        let home = try Home(withKey: false)
        try home.run("mkdir bin")
        try SecretKit.write(
            """
            #!/bin/sh
            [ "$*" = "lookup account backup service nas" ] && printf 'from the keyring' && exit 0
            exit 1
            """, to: "\(home.path)/bin/secret-tool", mode: 0o700)
        let environment = ["PATH": "\(home.path)/bin:/usr/bin:/bin"]
        let item = LibsecretItem(["service": "nas", "account": "backup"])
        #expect(try SecretKit.fetch(.libsecret(item), environment: environment) == "from the keyring")
        #expect(SecretKit.cause(.libsecret(LibsecretItem(["service": "x"])), environment: environment) == .missing)
        #expect(
            SecretKit.cause(.libsecret(item), environment: ["PATH": "\(home.path)/none"]) == .programMissing)
    }
}
