import Foundation
import JSON
import Support
import TestSupport
import Testing

@Suite("Commands about destinations, at a server that speaks S3", .enabled(if: MotoServer.isThere))
struct DestinationToolsServerTests {
    private let home: Household
    private let bucket = S3Place.freshBucket()
    private let place: S3Place

    init() throws {
        home = try Household()
        place = S3Place(try MotoServer.shared().s3)
    }

    private func url(_ options: String = "") -> String { place.url(bucket) + options }

    /// Runs a command on a bucket; the server may tell more than is good, which is no matter here.
    @discardableResult
    private func json(_ words: [String], codes: Set<Int32> = [0]) throws -> JSONValue {
        let result = try Binary.run(words + ["--json"], in: home.path)
        try #require(codes.contains(result.code), "\(result.code): \(result.error) \(result.output)")
        #expect(!result.output.contains(place.account.secretKey.reveal()))
        #expect(!result.error.contains(place.account.secretKey.reveal()))
        return try JSONValue(parsing: result.output)
    }

    @Test("a bucket that is missing is 1, is made on request, and then works in all that a backup does")
    func test() throws {
        let missing = try json(["destination", "test", url()], codes: [1])
        #expect(missing["destinations"]?.array?.first?["judgement"]?.string == "bad")
        let document = try json(["destination", "test", url(), "--create"])
        let report = try #require(document["destinations"]?.array?.first)
        let checks = try #require(report["checks"]?.array)
        for name in ["container", "list", "put", "stat", "get", "read", "create_only", "delete", "delete_again"] {
            #expect(checks.first { $0["name"]?.string == name }?["judgement"]?.string == "good", "\(name): \(checks)")
        }
        #expect(checks.contains { $0["name"]?.string == "versioning" })
        #expect(try json(["store", "list", "--store", url()])["objects"]?.array?.isEmpty == true)
    }

    @Test("a store is copied to a bucket and back, and doctor finds that nothing keeps it there")
    func syncAndDoctor() throws {
        try home.backUp()
        let first = try json(["destination", "sync", home.store, url(), "--passphrase-file", "passphrase"])
        #expect(first["copied"] == first["objects"])
        let again = try json(["destination", "sync", home.store, url(), "--checksum"])
        #expect(again["copied"]?.integer == 0 && again["compared"] == first["objects"])
        try json(["destination", "sync", url(), "file://\(home.path)/back"])
        #expect(try home.shell("diff -r backup back").code == 0)
        let doctor = try json(["destination", "doctor", url()], codes: [3])
        let risks = try #require(doctor["destinations"]?.array?.first?["risks"]?.array)
        #expect(risks.first { $0["name"]?.string == "delete_proven" }?["open"]?.bool == true)
    }

    @Test("locks are set on all that the versions need, are shown, and only grow")
    func locks() throws {
        let locking = url("&remote-file-lock-duration=1D")
        _ = try json(["destination", "test", locking, "--create"], codes: [0, 1, 3])
        try home.backUp()
        try json(["destination", "sync", home.store, url(), "--passphrase-file", "passphrase"])
        let store = ["--store", url()]
        let before = try json(["locks", "show"] + store)
        #expect(before["unlocked"] == before["objects"])
        let set = try json(
            ["locks", "set", "--for", "30d", "--passphrase-file", "passphrase"] + store)
        #expect(set["locked"] == before["objects"] && set["until"]?.string != nil)
        let after = try json(["locks", "show"] + store)
        #expect(after["unlocked"]?.integer == 0 && after["governance"] == before["objects"])
        #expect(after["soonest_end"] == set["until"])
        let shorter = try json(["locks", "set", "--for", "1d", "--passphrase-file", "passphrase"] + store)
        #expect(shorter["kept"] == before["objects"] && shorter["extended"]?.integer == 0)
        let refused = try Binary.run(
            ["locks", "set", "--for", "60d", "--mode", "compliance", "--passphrase-file", "passphrase"] + store,
            in: home.path)
        #expect(refused.code == 4)
    }

    @Test("a restore from Glacier names the command that orders what it needs; afterwards it works")
    func thaw() throws {
        let cold = url("&s3-storage-class=GLACIER")
        _ = try json(["destination", "test", cold, "--create"], codes: [0, 3])
        try home.backUp()
        try json(["destination", "sync", home.store, cold, "--passphrase-file", "passphrase"])
        let store = ["--store", cold, "--passphrase-file", "passphrase"]
        let refused = try Binary.run(["restore", "photo.jpg", "--target", "out"] + store, in: home.path)
        #expect(refused.code == 1)
        #expect(refused.error.contains("dunnage thaw photo.jpg --store"), "\(refused.error)")
        let preview = try json(["thaw", "photo.jpg", "--dry-run"] + store, codes: [75])
        #expect(preview["archived"]?.integer == preview["objects"]?.integer)
        let ordered = try json(["thaw", "photo.jpg", "--days", "2", "--speed", "bulk"] + store, codes: [0, 75])
        #expect(ordered["newly_ordered"] == preview["archived"])
        // The server delivers when it is asked the next time.
        let arrived = try json(["thaw", "photo.jpg"] + store, codes: [0, 75])
        #expect(arrived["newly_ordered"]?.integer == 0)
        guard arrived["all_readable"]?.bool == true else { return }
        let restored = try Binary.run(["restore", "photo.jpg", "--target", "out"] + store, in: home.path)
        #expect(restored.code == 0, "\(restored.error)")
        #expect(try home.shell("cmp out/photo.jpg tree/photo.jpg").code == 0)
    }
}
