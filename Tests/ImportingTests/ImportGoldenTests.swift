import Configuration
import Importing
import Schedule
import Support
import Testing

@Suite("Job descriptions of other programs")
struct ImportGoldenTests {
    @Test("each becomes the configuration and the list of notes that are on file", arguments: ImportSample.all)
    func golden(sample: ImportSample) throws {
        let result = try Importer.convert(try sample.request())
        try sample.expect(result.text, "yaml")
        let secrets = result.secrets.map { secret in
            let place =
                switch secret.place {
                case .environment(let name): "env \(name)"
                case .file(let path): "file \(path)"
                }
            return "secret: \(secret.name): \(secret.purpose), \(place)\(secret.value == nil ? ", unknown" : "")"
        }
        try sample.expect((secrets + result.notes.map(\.description)).joined(separator: "\n") + "\n", "notes.txt")
    }

    @Test("there are enough samples of each program")
    func enough() {
        for kind in ImportKind.allCases {
            let count = ImportSample.all.count { $0.kind == kind }
            #expect(count >= (kind == .duplicati ? 3 : 5), "\(kind)")
        }
    }

    @Test(
        "what comes out is in the usual form, loads without errors, and warns of no literal secret",
        arguments: ImportSample.all)
    func usable(sample: ImportSample) throws {
        let result = try Importer.convert(try sample.request())
        let bytes = Array(result.text.utf8)
        #expect(try ConfigurationFormatter.formatted(utf8: bytes, file: "imported.yaml") == result.text)
        #expect(!result.warnings.contains { $0.code == .literalSecret })
        #expect(!result.warnings.contains { $0.code == .unusedSecret || $0.code == .unusedReport })
    }

    @Test("no value of a secret stands in the configuration or in a note", arguments: ImportSample.all)
    func hidden(sample: ImportSample) throws {
        let result = try Importer.convert(try sample.request())
        let told = result.text + result.notes.map(\.description).joined(separator: "\n")
        for secret in result.secrets {
            guard let value = secret.value?.reveal() else { continue }
            // A user's name such as `anna` is a word of its own elsewhere.
            guard value.utf8.count >= 8 || !secret.purpose.contains("user") else { continue }
            guard value != "secret", value != "backup", value != "account" else { continue }
            #expect(!told.contains(value), "\(secret.name)")
        }
    }

    @Test("the same file gives the same text every time", arguments: ImportSample.all)
    func stable(sample: ImportSample) throws {
        let request = try sample.request()
        #expect(try Importer.convert(request).text == Importer.convert(request).text)
    }

    @Test("several files become one configuration, whose jobs have names of their own")
    func several() throws {
        let other = try #require(ImportSample.all.first { $0.name == "photos-to-s3" })
        var request = try #require(ImportSample.all.first { $0.name == "home-to-nas" }).request()
        request.files.append(try other.request().files[0])
        request.jobName = "mine"
        let result = try Importer.convert(request)
        #expect(result.jobs == ["mine", "photos"])
    }

    @Test("with a folder for secrets the configuration looks for them there")
    func folder() throws {
        var request = try #require(ImportSample.all.first { $0.name == "home-to-nas" }).request()
        request.secretsFolder = "/etc/dunnage/secrets"
        let result = try Importer.convert(request)
        #expect(result.text.contains("{ file: /etc/dunnage/secrets/home_folder_daily_passphrase }"))
        #expect(!result.text.contains("env:"))
    }

    @Test("with a time zone the schedule has that zone's time of the day")
    func zone() throws {
        var request = try #require(ImportSample.all.first { $0.name == "home-to-nas" }).request()
        request.zone = ("Europe/Berlin", try #require(Zone(named: "Europe/Berlin")))
        let text = try Importer.convert(request).text
        // 01:30 UTC on the second of November is half past two there.
        #expect(text.contains("at: \"02:30\""))
        #expect(text.contains("timezone: Europe/Berlin"))
    }
}
