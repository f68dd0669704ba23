import Cryptography
import Glibc
import Importing
import Support
import Testing

@Suite("Reading job descriptions of other programs")
struct ImportReadingTests {
    private func sample() throws -> ImportSample {
        try #require(ImportSample.all.first { $0.name == "photos-to-s3" })
    }

    private func encrypted(_ bytes: [UInt8], _ passphrase: String) throws -> [UInt8] {
        let sink = MemorySink()
        let writer = try AESCryptWriter(to: sink, passphrase: Secret(passphrase))
        try bytes.withUnsafeBytes { try writer.write($0) }
        try writer.finish()
        return sink.bytes
    }

    @Test("an export that Duplicati encrypted gives the same configuration as the plain one")
    func encryptedExport() throws {
        let plain = try sample().request()
        var request = ImportRequest(
            .duplicati,
            [ImportRequest.File(name: plain.files[0].name, bytes: try encrypted(try sample().bytes, "of the export"))])
        #expect(throws: ImportError.passphraseNeeded(file: plain.files[0].name)) { try Importer.convert(request) }
        request.passphrase = Secret("another one")
        #expect(throws: ImportError.self) { try Importer.convert(request) }
        request.passphrase = Secret("of the export")
        #expect(try Importer.convert(request).text == Importer.convert(plain).text)
    }

    @Test(
        "a file that is something else is refused with a reason",
        arguments: [
            (ImportKind.duplicati, "{\"Version\": 1}", "Backup"), (.duplicati, "not JSON", "JSON"),
            (.duplicatiCommand, "duplicati-cli help", "backup"), (.offen, "PATH=/bin", "docker-volume-backup"),
            (.borgmatic, "jobs: {}", "source_directories"), (.borgmatic, "a: [", "x.txt"),
            (.resticprofile, "[default]\nrepository = \"/x\"", "TOML"), (.resticprofile, "version: \"1\"", "no job"),
        ])
    func refused(kind: ImportKind, text: String, word: String) {
        let request = ImportRequest(kind, [ImportRequest.File(name: "x.txt", bytes: Array(text.utf8))])
        do {
            _ = try Importer.convert(request)
            Issue.record("it was accepted")
        } catch {
            #expect(error.description.contains(word), "\(error)")
        }
    }

    /// The sources and filters of a job that is exported as a command line.
    private func imported(_ line: String) throws -> String {
        try Importer.convert(
            ImportRequest(.duplicatiCommand, [ImportRequest.File(name: "x.txt", bytes: Array(line.utf8))])
        ).text
    }

    @Test(
        "words are taken apart as a shell does",
        arguments: [
            (#"--exclude="*/a \"b\" \$c/""#, #"'*/a "b" $$c/'"#), (#"--exclude='*/it'"'"'s/'"#, "*/it's/"),
            (#"--exclude=*/a\ b/"#, "*/a b/"), ("--exclude=\\\n*/next/", "*/next/"),
        ])
    func words(option: String, expected: String) throws {
        let text = try imported("duplicati-cli backup file:///x /home/ --no-encryption \(option)")
        #expect(text.contains(expected), "\(text)")
    }

    @Test(
        "an option that turns a switch off is off",
        arguments: [
            ("--no-encryption=false --passphrase=abcdefgh", false), ("--no-encryption", true),
            ("--no-encryption=", true),
        ])
    func switches(options: String, isPlain: Bool) throws {
        #expect(
            try imported("duplicati-cli backup file:///x /home/ \(options)").contains("encryption: none") == isPlain)
    }

    @Test(
        "a target URL is kept but for the credentials in it",
        arguments: [
            (
                "ftp://anna:p%40ss@host:21/dir/a b?ftp-passive=true",
                "url: ftp://anna:${secret:x_password}@host:21/dir/a%20b?ftp-passive=true"
            ),
            ("file:///x/{y}/$z?prefix=p", "url: file:///x/%7By%7D/$$z?prefix=p"),
            ("s3://B/p?auth-username=u&auth-password=a+b%2B", "auth-password=${secret:x_auth_password}"),
            ("openstack://c?openstack-apikey=k1&x=%zz", "openstack-apikey=${secret:x_openstack_apikey}&x=%zz"),
        ])
    func target(url: String, expected: String) throws {
        let text = try imported("duplicati-cli backup '\(url)' /home/ --no-encryption --backup-name=x")
        #expect(text.contains(expected), "\(text)")
    }

    @Test("a credential in a URL is decoded once, as it will be encoded again")
    func decoded() throws {
        let line = "duplicati-cli backup 's3://B/p?auth-username=u&auth-password=a+b%2B%2525' /home/ --no-encryption"
        let request = ImportRequest(.duplicatiCommand, [ImportRequest.File(name: "x.txt", bytes: Array(line.utf8))])
        let secret = try #require(try Importer.convert(request).secrets.first { $0.name.hasSuffix("auth_password") })
        #expect(secret.value?.reveal() == "a b+%25")
    }

    @Test("text that is cut off or changed anywhere is refused or converted, and never ends the program")
    func damaged() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var state = seed
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for sample in ImportSample.all {
            let bytes = try sample.bytes
            for round in 0..<40 {
                var damaged = bytes
                if round % 2 == 0 { damaged.removeLast(next(bytes.count)) }
                for _ in 0..<next(8) {
                    let at = next(damaged.count)
                    switch next(3) {
                    case 0: damaged[at] = UInt8(next(256))
                    case 1: damaged.insert(contentsOf: Array("99999999999999999999".utf8.prefix(next(20))), at: at)
                    default: damaged.insert(Array("\"'{}[]:%$-\\/*,\n".utf8)[next(15)], at: at)
                    }
                }
                let request = ImportRequest(sample.kind, [ImportRequest.File(name: sample.file, bytes: damaged)])
                do {
                    #expect(try Importer.convert(request).text.contains("version: 1"), "seed \(seed)")
                } catch {
                    #expect(!error.description.isEmpty, "seed \(seed), \(sample.file)")
                }
            }
        }
    }
}
