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

    @Test("text that is cut off anywhere is refused or converted, and never ends the program")
    func cutOff() throws {
        var generator = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: 0...UInt64.max, using: &generator)
        var state = seed
        for sample in ImportSample.all {
            let bytes = try sample.bytes
            for _ in 0..<20 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let end = Int(state >> 33) % (bytes.count + 1)
                let request = ImportRequest(
                    sample.kind, [ImportRequest.File(name: sample.file, bytes: Array(bytes[..<end]))])
                do {
                    let text = try Importer.convert(request).text
                    #expect(text.contains("version: 1"), "seed \(seed)")
                } catch {
                    #expect(!error.description.isEmpty, "seed \(seed), \(sample.file) of \(end) bytes")
                }
            }
        }
    }
}
