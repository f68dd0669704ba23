import Destinations
import Glibc
import Support
import TestSupport
import Testing
import Transport

/// What the conformance checks do not ask, on real servers.
@Suite("moto as a destination", .enabled(if: MotoServer.isThere, "\(MotoServer.absence)"))
struct MotoTests {
    private let place: S3Place
    private let sandbox: TemporaryFolder

    init() throws {
        place = S3Place(try MotoServer.shared().s3)
        sandbox = try TemporaryFolder(prefix: "dunnage-s3")
    }

    private func file(_ bytes: [UInt8]) throws -> LocalFile {
        let path = "\(sandbox.path)/\(UInt64.random(in: 0 ... .max))"
        let file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT)
        try bytes.withUnsafeBytes { try file.write(all: $0) }
        return LocalFile(path: path, size: Int64(bytes.count))
    }

    private func abilities<Ability>(_ destination: any Destination, _ ability: Ability.Type) throws -> Ability {
        try #require(destination as? Ability)
    }

    /// Here all uploads are of the year 2010.
    @Test("unfinished uploads that are old are removed, and only below the prefix")
    func sweep() throws {
        let (destination, bucket) = try place.fresh()
        try place.leaveUploads(bucket)
        try destination.prepare(create: false)
        #expect(try place.unfinishedUploads(bucket) == ["backup/sub/z", "backup2/z"])
    }

    @Test("a bucket is made where the options say, with locks when they are wanted")
    func creation() throws {
        let bucket = S3Place.freshBucket()
        let plain = try place.open(bucket)
        let missing = try #require(throws: DestinationError.self) { try plain.prepare(create: false) }
        #expect(missing.kind == .missingContainer)
        let options = ["remote-file-lock-duration": "1D", "s3-lock-mode": "compliance"]
        try place.open(bucket, options: options).prepare(create: true)
        let answer = try place.send(.get, "/\(bucket)", query: [("object-lock", "")])
        #expect(String(decoding: answer.body, as: UTF8.self).contains("<ObjectLockEnabled>Enabled"))
        // What it was made with is found out by others.
        let other = try place.open(bucket)
        try place.open(bucket, options: options).put("x", from: try file([1]))
        let error = try #require(throws: DestinationError.self) { try other.delete("x") }
        #expect(error.kind == .locked && error.detail.contains("compliance"))
    }

    @Test("tells of itself what people want to know, and changes nothing")
    func facts() throws {
        let (destination, bucket) = try place.fresh()
        let facts = try abilities(destination, (any Probing).self).facts()
        #expect(
            facts.map(\.name) == [
                "endpoint", "tls", "clock", "bucket", "versioning", "object_lock", "conditional_create",
                "storage_class",
            ])
        #expect(facts[0].detail.contains(place.account.url) && facts[0].detail.contains("in the path"))
        #expect(facts.first { $0.name == "tls" }?.judgement == .doubtful)
        #expect(facts.first { $0.name == "clock" }?.judgement == .good)
        #expect(facts.first { $0.name == "conditional_create" }?.judgement == .unknown)
        #expect(facts.first { $0.name == "object_lock" }?.detail.contains("without locks") == true)
        #expect(try destination.list().isEmpty)
        let missing = try place.open(S3Place.freshBucket())
        let bad = try abilities(missing, (any Probing).self).facts()
        #expect(bad.first { $0.name == "bucket" }?.judgement == .bad)
        let wanted = try place.open(bucket, options: ["remote-file-lock-duration": "1D"])
        let locks = try abilities(wanted, (any Probing).self).facts().first { $0.name == "object_lock" }
        #expect(locks?.judgement == .bad)
    }

    @Test("tells what could destroy the history")
    func risks() throws {
        let (destination, bucket) = try place.fresh()
        func risks(_ destination: any Destination) throws -> [String: Bool?] {
            Dictionary(
                uniqueKeysWithValues: try abilities(destination, (any Probing).self).historyRisks().map {
                    ($0.name, $0.isOpen)
                })
        }
        let bare = try risks(destination)
        #expect(bare["delete"] == true)
        #expect(bare["lift_locks"] == .some(nil) && bare["delete_versions"] == .some(nil))
        let on = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
        _ = try place.send(.put, "/\(bucket)", query: [("versioning", "")], body: Array(on.utf8))
        #expect(try risks(destination)["delete"] == false)
        let locked = try place.fresh(options: ["remote-file-lock-duration": "1D", "s3-lock-mode": "compliance"])
        let safe = try risks(locked.destination)
        #expect(safe["delete"] == false && safe["delete_versions"] == false && safe["lift_locks"] == false)
        #expect(safe["change_versioning"] == false)
        let rule =
            "<LifecycleConfiguration><Rule><ID>r</ID><Filter><Prefix>backup</Prefix></Filter><Status>Enabled</Status>"
            + "<Expiration><Days>30</Days></Expiration></Rule></LifecycleConfiguration>"
        let answer = try place.send(.put, "/\(bucket)", query: [("lifecycle", "")], body: Array(rule.utf8))
        #expect(answer.isSuccess)
        #expect(try risks(destination)["change_lifecycle"] == true)
    }

    @Test(
        "a key of one's own goes along with everything that reads and writes, over TLS", .enabled(if: TLSFront.isThere))
    func customerKey() throws {
        let front = try TLSFront(target: try #require(Int(place.account.url.split(separator: ":").last ?? "")))
        let key = Base64.encode((0..<32).map { UInt8($0) })
        let options = [
            "s3-customer-key": key, "ca-bundle": front.authority, "s3-upload-cutoff": "5mb", "s3-part-size": "5mb",
        ]
        let (destination, _) = try place.fresh(options: options, at: front.url)
        let small = try file(Array("secret".utf8))
        let large = try file([UInt8](repeating: 7, count: 6 << 20))
        for (name, file) in [("small", small), ("large", large)] {
            for _ in 1...2 { try destination.put(name, from: file) }
            let path = "\(sandbox.path)/\(name)"
            #expect(try destination.get(name, to: path) == file.size)
            #expect(try destination.stat(name).size == file.size)
        }
        #expect(try destination.read("small", 1..<3) == Array("ec".utf8))
        let other = try #require(throws: DestinationError.self) {
            try destination.put("small", from: try file([1, 2, 3, 4, 5, 6]))
        }
        #expect(other.kind == .exists)
    }
}

@Suite("Swift's S3 as a destination", .enabled(if: OpenStackServers.areThere, "\(OpenStackServers.absence)"))
struct StrictS3Tests {
    @Test("unfinished uploads are kept for a day, in which somebody may go on with them")
    func sweep() throws {
        let place = S3Place(try OpenStackServers.shared().swift.s3)
        let (destination, bucket) = try place.fresh()
        try place.leaveUploads(bucket)
        try destination.prepare(create: false)
        #expect(try place.unfinishedUploads(bucket).count == 4)
        #expect(try destination.sweep(olderThan: .seconds(3600)) == 0)
        #expect(try destination.sweep(olderThan: .seconds(-3600)) == 2)
        #expect(try place.unfinishedUploads(bucket) == ["backup/sub/z", "backup2/z"])
    }

    @Test("more objects than a page has are stored by eight at once, listed and deleted, none lost and none left")
    func thousands() throws {
        let place = S3Place(try OpenStackServers.shared().swift.s3)
        let (destination, _) = try place.fresh()
        let sandbox = try TemporaryFolder(prefix: "dunnage-s3")
        let path = "\(sandbox.path)/x"
        _ = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT)
        let count = getenv("DUNNAGE_TEST_LARGE_OBJECTS") == nil ? 1_100 : 25_000
        let threads = try (0..<8).map { worker in
            try WorkerThread("puts") {
                for number in stride(from: worker, to: count, by: 8) {
                    try? destination.put("object-\(number)", from: LocalFile(path: path, size: 0))
                }
            }
        }
        for thread in threads { thread.join() }
        let names = try destination.list().map(\.name)
        #expect(names.count == count && Set(names) == Set((0..<count).map { "object-\($0)" }))
        #expect(try destination.delete(names).isEmpty)
        #expect(try destination.list().isEmpty)
    }

    @Test("keys of somebody else, and a wrong secret, are refused as what they are, after one try")
    func wrongKeys() throws {
        let account = try OpenStackServers.shared().swift.s3
        let (_, bucket) = try S3Place(account).fresh()
        for (id, secret) in [(account.accessKey, "wrong"), ("nobody:nowhere", "wrong")] {
            let other = S3Place(
                S3Account(url: account.url, region: account.region, accessKey: id, secretKey: Secret(secret)))
            let error = try #require(throws: DestinationError.self) { try other.open(bucket).list() }
            #expect(error.kind == .authentication && error.attempts == 1, "\(error)")
            #expect(!"\(error)".contains("wrong "))
        }
    }
}

extension S3Place {
    /// Begins four uploads, two of them below the prefix of the tests' destinations.
    fileprivate func leaveUploads(_ bucket: String) throws {
        for key in ["backup/x", "backup/y", "backup2/z", "backup/sub/z"] {
            #expect(try send(.post, "/\(bucket)/\(key)", query: [("uploads", "")]).isSuccess)
        }
    }

    /// The keys of uploads that were never completed.
    fileprivate func unfinishedUploads(_ bucket: String) throws -> [String] {
        let answer = try send(.get, "/\(bucket)", query: [("uploads", "")])
        let text = String(decoding: answer.body, as: UTF8.self)
        return text.matches(of: /<Key>([^<]*)<\/Key>/).map { String($0.1) }.sorted()
    }
}
