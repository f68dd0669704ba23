import Destinations
import Glibc
import Support
import TestSupport
import Testing
import Transport

@Suite(
    "OpenStack Swift as it is", .enabled(if: OpenStackServers.areThere, "\(OpenStackServers.absence)"),
    .timeLimit(.minutes(getenv("DUNNAGE_TEST_LARGE_OBJECTS") == nil ? 5 : 60)))
struct OpenStackRealTests {
    private let servers: OpenStackServers
    private let raw: RawSwift
    private let box = OpenStackSubject.freshName()

    init() throws {
        servers = try OpenStackServers.shared()
        raw = try RawSwift(servers.swift)
    }

    private func open(
        _ place: String, _ more: [String: String] = [:], on server: SwiftServer? = nil,
        _ sentences: Sentences = Sentences()
    ) throws -> any Destination {
        try OpenStackSubject.open(
            place, OpenStackSubject.v1(server ?? servers.swift).merging(more) { $1 }, environment: sentences.environment
        )
    }

    private func error(_ body: () throws -> Void) throws -> DestinationError {
        try #require(throws: DestinationError.self, performing: body)
    }

    @Test("sees neither other folders nor folders below its own")
    func isolation() throws {
        try raw.send(.put, box)
        for name in ["backup/a", "backup/sub/b", "backup2/c", "backup", "backu/d", "backup/"] {
            try raw.send(.put, "\(box)/\(name)", body: Array(name.utf8))
        }
        #expect(try open("\(box)/backup").list().map(\.name) == ["a"])
        #expect(try open("\(box)//backup//").list().map(\.name) == ["a"])
        #expect(try open(box).list().map(\.name) == ["backup"])
    }

    @Test("creates a container once it is asked to, with the storage policy that is wanted")
    func policies() throws {
        let policy = try #require(servers.swift.policies.last)
        try open(box, ["openstack-storage-policy": policy]).prepare(create: true)
        #expect(try raw.send(.head, box).headers["X-Storage-Policy"] == policy)
        let sentences = Sentences()
        try open(box, ["openstack-storage-policy": servers.swift.policies[0]], sentences).prepare(create: true)
        #expect(sentences.all.count { $0.contains("cannot be changed") } == 1)
        let unknown = try error {
            try open("\(box)-2", ["openstack-storage-policy": "bronze"]).prepare(create: true)
        }
        #expect(unknown.kind == .configuration && unknown.advice.contains(policy), "\(unknown)")
        let refused = try error {
            try OpenStackSubject.open("\(box)-3", OpenStackSubject.v1(servers.swift, as: servers.swift.reader))
                .prepare(create: true)
        }
        #expect(refused.kind == .permission && refused.advice.contains("Create the container yourself"), "\(refused)")
    }

    @Test("lists and removes many objects, page by page", arguments: [10_000, 100])
    func many(_ page: Int) throws {
        let server = page == 100 ? servers.small : servers.swift
        let destination = try open("\(box)/many", on: server)
        try destination.prepare(create: true)
        let count = getenv("DUNNAGE_TEST_LARGE_OBJECTS") != nil ? 25_000 : page == 100 ? 450 : 150
        let file = try LocalText.file("")
        let names = (0..<count).map { "object-\($0)" }
        let threads = try (0..<8).map { worker in
            try WorkerThread("fill") {
                for index in stride(from: worker, to: count, by: 8) { try? destination.put(names[index], from: file) }
            }
        }
        for thread in threads { thread.join() }
        let listed = try destination.list().map(\.name)
        #expect(listed.count == count && Set(listed) == Set(names))
        #expect(try destination.delete(names).isEmpty)
        #expect(try destination.list().isEmpty)
    }

    @Test("tells the room that the quotas leave, and refuses what does not fit")
    func quota() throws {
        try raw.send(.put, box, ["X-Container-Meta-Quota-Bytes": "100000"])
        let destination = try open(box)
        #expect(try destination.freeSpace() == 100_000)
        #expect(try open("\(box)-none").freeSpaceOfFreshContainer() == nil)
        let file = try LocalText.file([UInt8](repeating: 1, count: 200_000))
        let refused = try error { try destination.put("large", from: file) }
        #expect(refused.kind == .quota && refused.detail.contains("413"), "\(refused)")
        #expect(refused.detail.contains("transaction tx"), "\(refused)")
    }

    @Test("says that an object is too large for the server in one piece, and stores it in segments")
    func tooLarge() throws {
        let destination = try open(box, on: servers.small)
        try destination.prepare(create: true)
        let file = try LocalText.file([UInt8](repeating: 1, count: (5 << 20) + 1))
        let refused = try error { try destination.put("large", from: file) }
        #expect(refused.kind == .unsupported && refused.advice.contains("openstack-segment-size"), "\(refused)")
        let cut = try open(box, ["openstack-segment-size": "5mb"], on: servers.small)
        try cut.put("large", from: file)
        #expect(try cut.list().map(\.size) == [(5 << 20) + 1])
    }

    @Test("warns of objects that end by themselves")
    func expiry() throws {
        try raw.send(.put, box)
        try raw.send(.put, "\(box)/short", ["X-Delete-After": "3600"], body: [1])
        let sentences = Sentences()
        let folder = try TemporaryFolder()
        let destination = try open(box, [:], sentences)
        for _ in 1...2 { _ = try destination.get("short", to: "\(folder.path)/x") }
        #expect(sentences.all.count { $0.contains("X-Delete-At") } == 1)
    }

    @Test("works with a storage URL and a token alone, and says so when the token ends")
    func token() throws {
        let options = ["openstack-storage-url": raw.account, "openstack-auth-token": raw.token]
        let destination = try OpenStackSubject.open(box, options)
        try destination.prepare(create: true)
        #expect(try destination.list().isEmpty)
        let ended = try OpenStackSubject.open(box, options.merging(["openstack-auth-token": "AUTH_tk0"]) { $1 })
        let refused = try error { _ = try ended.list() }
        #expect(refused.kind == .authentication && refused.detail.contains("openstack-auth-token"), "\(refused)")
    }

    @Test("tells of itself what somebody wants to know before relying on it")
    func facts() throws {
        try raw.send(.put, box, ["X-Container-Meta-Quota-Bytes": "5000"])
        let destination = try #require(try open(box) as? any Probing)
        let facts = try destination.facts()
        #expect(
            facts.map(\.name) == [
                "server", "clock", "storage_policy", "contents", "free_space", "versioning", "large_objects", "locks",
            ])
        #expect(facts.allSatisfy { $0.judgement == .good || $0.name == "locks" }, "\(facts)")
        #expect(facts[4].detail == "the quotas leave 4.88 KiB")
        #expect(try destination.historyRisks().map(\.name) == ["delete"])
        let missing = try #require(try open("\(box)-none") as? any Probing)
        #expect(try error { _ = try missing.facts() }.kind == .missingContainer)
    }

    @Test("is opened through either scheme")
    func schemes() throws {
        let options = OpenStackSubject.v1(servers.swift)
        let swift = try DestinationRegistry.open(url: "swift://\(box)/a%20b", options: options)
        #expect(swift.label == "swift://\(box)/a b")
        try swift.prepare(create: true)
        try swift.put("x", from: try LocalText.file("x"))
        #expect(try raw.names(box) == ["a b/x"])
        let cloudFiles = try DestinationRegistry.open(
            url: "cloudfiles://\(box)/a+b",
            options: [
                "cloudfiles-username": servers.swift.user.name, "cloudfiles-accesskey": servers.swift.user.key.reveal(),
                "cloudfiles-authentication-url": servers.swift.authURL,
            ])
        #expect(try cloudFiles.list().map(\.name) == ["x"])
    }
}

extension Destination {
    fileprivate func freeSpaceOfFreshContainer() throws -> Int64? {
        try prepare(create: true)
        return try freeSpace()
    }
}
