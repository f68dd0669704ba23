import Catalog
import Destinations
import Foundation
import StoreFormat
import Support
import TestSupport
import Testing

@testable import Engine

@Suite("Holds")
struct HoldBookTests {
    private func names(_ fixture: BackupFixture) throws -> [String] {
        try fixture.objects().keys.filter { $0.hasPrefix("dunnage-holds") }.sorted()
    }

    @Test("holds are kept at the destination, in one object that no Duplicati looks at", arguments: ["horse", nil])
    func object(passphrase: String?) throws {
        let fixture = try BackupFixture(passphrase: passphrase)
        _ = try fixture.makeVersions(2)
        let versions = try fixture.knownVersions()
        let since = Timestamp(seconds: 1_790_000_000)
        let hold = Hold(version: versions[1].time, reason: "the “last” good one\n", since: since)
        try HoldBook.change(try fixture.session(), holding: [hold])
        let first = try #require(try names(fixture).first)
        #expect(first == "dunnage-holds-000000000001.json\(passphrase == nil ? "" : ".aes")")
        #expect(ObjectName(parsing: first) == nil)
        let text = try String(contentsOfFile: "\(fixture.remote)/\(first)", encoding: .isoLatin1)
        #expect(text.contains("good one") == (passphrase == nil))
        // Whoever has nothing but the destination sees them.
        let book = try HoldBook(reading: try fixture.session(hasCatalog: false))
        #expect(book.holds == [hold])
        #expect(book.isHeld(versions[1].time) && !book.isHeld(versions[0].time))
        try HoldBook.change(
            try fixture.session(), holding: [Hold(version: versions[0].time, since: since)])
        #expect(try names(fixture).map { $0.prefix(26) } == ["dunnage-holds-000000000002"])
        #expect(try HoldBook(reading: try fixture.session()).holds.count == 2)
        try HoldBook.change(try fixture.session(), releasing: versions.map(\.time))
        #expect(try HoldBook(reading: try fixture.session()).holds == [])
        #expect(try names(fixture).count == 1)
        if let faults = try fixture.faults() { #expect(faults == "") }
        #expect(try fixture.run().version == nil)
    }

    @Test("two programs that change the holds at once both have their way")
    func race() throws {
        let fixture = try BackupFixture()
        _ = try fixture.makeVersions(2)
        let versions = try fixture.knownVersions()
        let since = Timestamp(seconds: 1_790_000_000)
        let (remote, passphrase, theirs) = (fixture.remote, fixture.passphrase, versions[1].time)
        // Before our object is stored, somebody else's is.
        let fault = FaultyDestination.Fault(
            .put, object: { $0.hasPrefix("dunnage-holds") },
            .run {
                do {
                    let session = try StoreSession.open(
                        destination: try DestinationRegistry.open(url: "file://\(remote)"), passphrase: passphrase)
                    try HoldBook.change(session, holding: [Hold(version: theirs, reason: "theirs", since: since)])
                } catch {
                    Issue.record("\(error)")
                }
            })
        try HoldBook.change(
            try fixture.session(FaultyDestination(try fixture.destination(), faults: [fault])),
            holding: [Hold(version: versions[0].time, reason: "ours", since: since)])
        let book = try HoldBook(reading: try fixture.session())
        #expect(book.holds.map(\.reason) == ["ours", "theirs"])
        #expect(try names(fixture).map { $0.prefix(26) } == ["dunnage-holds-000000000002"])
    }

    @Test("nothing is lost when a change stops half way", arguments: [true, false])
    func halfWay(isStored: Bool) throws {
        let fixture = try BackupFixture()
        _ = try fixture.makeVersions(2)
        let versions = try fixture.knownVersions()
        let since = Timestamp(seconds: 1_790_000_000)
        try HoldBook.change(try fixture.session(), holding: [Hold(version: versions[0].time, since: since)])
        let fault =
            isStored
            ? FaultyDestination.Fault(.delete, .failBefore(.transient))
            : FaultyDestination.Fault(.put, .failBefore(.permission))
        let destination = FaultyDestination(try fixture.destination(), faults: [fault])
        #expect(throws: EngineError.self) {
            try HoldBook.change(
                try fixture.session(destination), holding: [Hold(version: versions[1].time, since: since)])
        }
        let book = try HoldBook(reading: try fixture.session())
        #expect(book.holds.count == (isStored ? 2 : 1) && book.isHeld(versions[0].time))
        try HoldBook.change(try fixture.session(), releasing: [versions[0].time])
        #expect(try names(fixture).count == 1)
    }

    @Test("the hold of a version that is gone stays for the repair that writes it again, and none can be made for it")
    func gone() throws {
        let fixture = try BackupFixture()
        _ = try fixture.makeVersions(3)
        let versions = try fixture.knownVersions()
        let since = Timestamp(seconds: 1_790_000_000)
        let lost = Hold(version: versions[2].time, since: since)
        try HoldBook.change(try fixture.session(), holding: [lost])
        fixture.removeObject(try fixture.filelists()[2])
        let session = try fixture.session()
        let book = try HoldBook.change(session, holding: [Hold(version: versions[1].time, since: since)])
        #expect(book.holds.map(\.version) == [versions[1].time, versions[2].time])
        #expect(throws: EngineError.self) { try HoldBook.change(session, holding: [lost]) }
        let released = try HoldBook.change(session, releasing: [versions[2].time])
        #expect(released.holds.map(\.version) == [versions[1].time])
    }

    @Test("what nobody needed a passphrase for holds and releases nothing")
    func planted() throws {
        let fixture = try BackupFixture()
        _ = try fixture.makeVersions(2)
        let versions = try fixture.knownVersions()
        try HoldBook.change(try fixture.session(), holding: [Hold(version: versions[1].time, since: .now())])
        let plain = try HoldDocument.encode([], generation: 9, passphrase: nil)
        try Data(plain).write(to: URL(filePath: fixture.remote + "/dunnage-holds-000000000009.json"))
        #expect(try HoldBook(reading: try fixture.session()).holds.count == 1)
        // An old state under a higher number is not taken either, and then nothing may be deleted.
        let mine = try #require(try names(fixture).first { $0.hasSuffix(".aes") })
        try FileManager.default.copyItem(
            atPath: "\(fixture.remote)/\(mine)", toPath: "\(fixture.remote)/dunnage-holds-000000000005.json.aes")
        #expect(throws: EngineError.self) { try HoldBook(reading: try fixture.session()) }
        #expect(throws: EngineError.self) { try DeleteRun(try fixture.session()).run(versions: [versions[1].id]) }
        #expect(try fixture.filelists().count == 2)
    }

    @Test("stores with other prefixes have holds of their own")
    func prefixes() {
        let name = HoldName(prefix: "other", isEncrypted: true, generation: 12)
        #expect(name.text == "dunnage-holds-other-000000000012.json.aes")
        #expect(HoldName(parsing: name.text, prefix: "other", isEncrypted: true) == name)
        #expect(HoldName(parsing: name.text, prefix: "duplicati", isEncrypted: true) == nil)
        #expect(HoldName(parsing: "dunnage-holds-12.json.aes", prefix: "duplicati", isEncrypted: true) == nil)
        #expect(ObjectName(parsing: name.text) == nil)
    }
}
