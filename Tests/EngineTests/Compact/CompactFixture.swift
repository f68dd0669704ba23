import Catalog
import Destinations
import Foundation
import StoreFormat
import Support
import TestSupport
import Testing

@testable import Engine

/// A store with several versions, some of which are gone, so that much of its data is not needed any more.
///
/// `@unchecked Sendable`: the one that tests share is only copied; every other belongs to one test.
final class CompactFixture: @unchecked Sendable {
    let backup: BackupFixture
    /// The versions that are there, oldest first, and what each has to bring back.
    private(set) var versions: [(time: Timestamp, tree: TreeSnapshot)] = []

    static let blockSize = 4096
    static let volumeSize: Int64 = 64 << 10

    var options: CompactOptions = {
        var options = CompactOptions()
        options.volumeSize = CompactFixture.volumeSize
        return options
    }()

    init(passphrase: String? = "correct horse") throws {
        backup = try BackupFixture(passphrase: passphrase)
        backup.options.blockSize = Self.blockSize
        backup.options.volumeSize = Self.volumeSize
        backup.options.concurrentUploads = 1
    }

    /// A copy that can be used up.
    init(copyOf other: CompactFixture) throws {
        backup = try BackupFixture(passphrase: other.backup.passphrase?.reveal())
        backup.options = other.backup.options
        versions = other.versions
        options = other.options
        for name in ["source", "remote", "state"] {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = [
                "cp", "-a", "\(other.backup.folder.path)/\(name)/.", "\(backup.folder.path)/\(name)",
            ]
            try process.run()
            process.waitUntilExit()
        }
    }

    /// Made once, and copied for each test that changes it.
    static let churned = Result { try CompactFixture().churn() }

    /// Four versions, the first two deleted.
    func churn() throws -> CompactFixture {
        let backup = backup
        for number in 0..<16 {
            try backup.write("noise \(number)", BackupFixture.noise(24_000, seed: UInt64(number + 1)))
            try backup.write("text \(number)", String(repeating: "line of file \(number)\n", count: 700 + number))
        }
        // More hashes than one blocklist takes.
        let count = Self.blockSize / 32 * Self.blockSize + 3 * Self.blockSize + 5
        try backup.write("large", BackupFixture.noise(count, seed: 500))
        try backUp()
        for number in 0..<16 where number % 3 != 0 {
            try backup.write("noise \(number)", BackupFixture.noise(24_000, seed: UInt64(number + 100)), age: 1800)
        }
        try backUp()
        for number in 0..<16 where number % 2 == 0 { backup.remove("text \(number)") }
        var large = BackupFixture.noise(count, seed: 500)
        for position in stride(from: 0, to: count - 40_000, by: 40_000) {
            large.replaceSubrange(
                position..<position + 20_000, with: BackupFixture.noise(20_000, seed: UInt64(position)))
        }
        try backup.write("large", large, age: 900)
        try backUp()
        try backup.write("noise 1", BackupFixture.noise(30_000, seed: 900), age: 600)
        try backUp()
        try deleteVersions(2)
        return self
    }

    func backUp() throws {
        let version = try #require(try backup.run().version)
        versions.append((version, try TreeSnapshot(backup.source)))
    }

    /// Deletes the oldest versions.
    func deleteVersions(_ count: Int) throws {
        let session = try session()
        let gone = try session.catalog.read { Array(try $0.versions().prefix(count)) }
        try session.store.delete(
            session.listing.dlists.map(\.name).filter { name in gone.contains { $0.time == name.time } })
        try session.catalog.write { writer in
            for version in gone {
                try writer.removeVersion(version.id)
                try writer.removeVolume(version.volume)
            }
            _ = try writer.pruneEntries()
        }
        versions.removeFirst(count)
    }

    func session(
        _ destination: (any Destination)? = nil, problems: ProblemLog = ProblemLog(), isLocal: Bool = true,
        cancellation: Cancellation = Cancellation()
    ) throws -> StoreSession {
        try StoreSession.open(
            destination: try destination ?? backup.destination(), passphrase: backup.passphrase,
            catalogPath: isLocal ? backup.catalog : nil, temporaryFolder: backup.folder.path, problems: problems,
            cancellation: cancellation, retry: RetryPolicy(attempts: 2, pause: { _, _ in }))
    }

    @discardableResult
    func compact(
        _ destination: (any Destination)? = nil, problems: ProblemLog = ProblemLog(),
        cancellation: Cancellation = Cancellation()
    ) throws -> CompactSummary {
        let session = try session(destination, problems: problems, cancellation: cancellation)
        return try CompactRun(session, options: options, problems: problems).run()
    }

    func plan() throws -> CompactPlan {
        try CompactRun(try session(), options: options).plan()
    }

    /// How what is restored without a catalog differs from what was backed up, for every version.
    func differences() throws -> [String] {
        try versions.flatMap { version in
            try backup.restoreDifferences(.time(version.time), from: version.tree)
        }
    }

    /// What is wrong with the store: damage, files that differ, disagreement between the catalog and the destination.
    func faults(isStrict: Bool = true) throws -> [String] {
        let problems = ProblemLog()
        let verified = try VerifyRun(.full, session: try session(isLocal: false), problems: problems).run()
        var faults = try differences() + problems.problems.map { "\($0)" } + (verified.isIntact ? [] : ["not intact"])
        let local = try session(problems: problems)
        if local.outcome.action != .unchanged { faults.append("the catalog was not in step: \(local.outcome.action)") }
        faults += try catalogFaults()
        if let found = try backup.faults(arguments: isStrict ? [] : ["--lenient"]), found != "" { faults.append(found) }
        return faults
    }

    /// Where the local catalog contradicts one that is built from the destination.
    private func catalogFaults() throws -> [String] {
        func content(_ session: StoreSession) throws -> (blocks: [String: Int], described: [String: Set<String>]) {
            try session.catalog.read { reader in
                var blocks: [String: Int] = [:]
                let usage = try BlockUsage(reader)
                let volumes = try reader.volumes()
                for volume in volumes { blocks[volume.name] = usage.volumes[volume.id]?.blocks }
                let names = Dictionary(uniqueKeysWithValues: volumes.map { ($0.id, $0.name) })
                let described = try reader.descriptions().map { dindex, dblocks in
                    (names[dindex] ?? "?", Set(dblocks.map { names[$0] ?? "?" }))
                }
                return (blocks, Dictionary(uniqueKeysWithValues: described))
            }
        }
        let local = try content(try session())
        let remote = try content(try session(isLocal: false))
        return (local.blocks == remote.blocks ? [] : ["volumes hold other blocks than the catalog says"])
            + (local.described == remote.described ? [] : ["volumes are described otherwise than the catalog says"])
    }
}

/// A destination whose process dies: at one of its calls, and at all that follow, nothing works any more.
final class DyingDestination: Destination {
    private let inner: any Destination
    private let calls = CallCounter()
    private let last: Int
    private let isCarriedOut: Bool

    /// The calls before `call` work; that one is carried out or not, and none after it.
    init(_ inner: any Destination, at call: Int, isCarriedOut: Bool) {
        self.inner = inner
        last = call
        self.isCarriedOut = isCarriedOut
    }

    var callCount: Int { calls.value }
    var label: String { inner.label }

    func list() throws(DestinationError) -> [RemoteObject] {
        try call(.list) { () throws(DestinationError) in try inner.list() }
    }
    func put(_ name: String, from file: LocalFile) throws(DestinationError) {
        try call(.put) { () throws(DestinationError) in try inner.put(name, from: file) }
    }
    func get(_ name: String, to path: String) throws(DestinationError) -> Int64 {
        try call(.get) { () throws(DestinationError) in try inner.get(name, to: path) }
    }
    func delete(_ name: String) throws(DestinationError) {
        try call(.delete) { () throws(DestinationError) in try inner.delete(name) }
    }
    func prepare(create: Bool) throws(DestinationError) { try inner.prepare(create: create) }
    func freeSpace() throws(DestinationError) -> Int64? { nil }

    private func call<Value>(
        _ operation: DestinationError.Operation, _ body: () throws(DestinationError) -> Value
    ) throws(DestinationError) -> Value {
        let number = calls.next()
        if number < last { return try body() }
        if number == last, isCarriedOut { _ = try body() }
        throw DestinationError(.permission, operation, at: label, detail: "the process is dead")
    }
}

/// A destination with things to say about its objects.
struct RemarkingDestination: Destination {
    let inner: any Destination
    let remark: @Sendable (RemoteObject) -> RemoteObject
    var free: Int64?

    var label: String { inner.label }
    func list() throws(DestinationError) -> [RemoteObject] { try inner.list().map(remark) }
    func put(_ name: String, from file: LocalFile) throws(DestinationError) { try inner.put(name, from: file) }
    func get(_ name: String, to path: String) throws(DestinationError) -> Int64 { try inner.get(name, to: path) }
    func delete(_ name: String) throws(DestinationError) { try inner.delete(name) }
    func prepare(create: Bool) throws(DestinationError) { try inner.prepare(create: create) }
    func freeSpace() throws(DestinationError) -> Int64? { free }
}
