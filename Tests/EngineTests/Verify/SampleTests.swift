import Catalog
import Cryptography
import Destinations
import Foundation
import StoreFormat
import Support
import TestSupport
import Testing

@testable import Engine

@Suite("Samples of a store")
struct SampleTests {
    private func sample(
        _ sample: SampleStore, _ size: VerifySample = .sets(1), problems: ProblemLog = ProblemLog()
    ) throws -> VerifySummary {
        let session = try sample.builder.session(catalogPath: sample.catalog)
        return try VerifyRun(.sample(size), session: session, problems: problems).run()
    }

    private func counts(_ sample: SampleStore) throws -> [String: Int64] {
        let catalog = try Catalog(path: sample.catalog)
        return try catalog.read { reader in
            let verifications = try reader.verifications()
            return Dictionary(
                uniqueKeysWithValues: try reader.volumes().map { ($0.name, verifications[$0.id]?.count ?? 0) })
        }
    }

    /// Makes the catalog forget what an object looked like from outside, so that only its content tells.
    private func forget(_ name: ObjectName, _ sample: SampleStore) throws {
        let catalog = try Catalog(path: sample.catalog)
        try catalog.write { writer in
            for var volume in try writer.reading({ try $0.volumes() }) where volume.name == name.text {
                volume.hash = nil
                volume.size = -1
                try writer.put(volume)
            }
        }
    }

    @Test("sizes are read as people write them, and a share is at least one set")
    func sizes() {
        #expect(VerifySample("3") == .sets(3))
        #expect(VerifySample("2.5%") == .percent(2.5))
        #expect(["0", "-1", "0%", "101%", "five", "%", ""].allSatisfy { VerifySample($0) == nil })
        #expect(VerifySample.percent(0.1).sets(ofLargest: 100) == 1)
        #expect(VerifySample.percent(10).sets(ofLargest: 25) == 3)
        #expect(VerifySample.percent(100).sets(ofLargest: 25) == 25)
        #expect("\(VerifySample.percent(5)) \(VerifySample.percent(2.5)) \(VerifySample.sets(2))" == "5% 2.5% 2")
    }

    @Test("every volume has its turn before any has its next")
    func rotation() throws {
        let store = try SampleStore(passphrase: Secret("rotation"))
        let dblocks = store.builder.dblocks.map(\.text)
        #expect(dblocks.count > 2)
        for round in 1...dblocks.count * 2 {
            let summary = try sample(store)
            #expect(summary.isIntact && summary.objects == 3)
            let counts = try counts(store)
            let turns = dblocks.map { counts[$0] ?? -1 }
            #expect(turns.reduce(0, +) == Int64(round))
            #expect((turns.max() ?? 0) - (turns.min() ?? 0) <= 1, "round \(round): \(turns)")
        }
    }

    @Test("a share of all volumes is examined at once")
    func share() throws {
        let store = try SampleStore()
        let summary = try sample(store, .percent(100))
        #expect(summary.isIntact)
        #expect(summary.objects == store.builder.dblocks.count + store.builder.dindexes.count + 2)
        #expect(try counts(store).values.allSatisfy { $0 == 1 })
    }

    @Test("damage is found in its turn, and stays first in line")
    func damage() throws {
        let store = try SampleStore(passphrase: Secret("damage"))
        _ = try sample(store)
        let name = store.builder.dblocks[1]
        let path = URL(filePath: "\(store.builder.folder)/\(name)")
        var bytes = try Data(contentsOf: path)
        bytes[bytes.count / 2] ^= 4
        try bytes.write(to: path)
        let all = try sample(store, .percent(100))
        #expect(all.faults.map(\.object) == [name.text])
        #expect(all.faults.allSatisfy { $0.kind == .modified && $0.losesData })
        #expect(all.casualtyCount > 0)
        for _ in 0..<2 {
            let problems = ProblemLog()
            let again = try sample(store, problems: problems)
            #expect(again.faults.map(\.object) == [name.text])
            #expect(problems.problems.contains { $0.isError && $0.subject == name.text })
        }
        #expect(try counts(store)[name.text] == -1)
    }

    @Test("a filelist that says something else than the catalog is found, with what differs")
    func otherList() throws {
        let store = try SampleStore()
        _ = try sample(store)
        try store.builder.rewriteList(1) {
            $0.replacingOccurrences(of: "/data/new.bin", with: "/data/old.bin")
                .replacingOccurrences(of: #""size":30000"#, with: #""size":30001"#)
        }
        try forget(store.builder.dlists[1], store)
        let summary = try sample(store, .percent(100))
        #expect(Set(summary.faults.map(\.object)) == [store.builder.dlists[1].text])
        #expect(Set(summary.faults.map(\.kind)) == [.missing, .extra])
        #expect(summary.faults.contains { $0.detail.contains("/data/new.bin") })
        #expect(summary.faults.contains { $0.detail.contains("/data/old.bin") })
    }

    @Test("an index volume that leaves out a block is found, and one with more is not a fault")
    func otherIndex() throws {
        let store = try SampleStore()
        _ = try sample(store)
        let index = store.builder.dindexes[0]
        try store.builder.rewriteIndex(0) { $0.blocks.removeLast() }
        let changed = store.builder.dindexes[0]
        #expect(changed != index)
        let session = try store.builder.session(catalogPath: store.catalog)
        // The description in the catalog is the old one; the new index volume is one of the same data volume.
        let catalog = session.catalog
        try catalog.write { writer in
            let volumes = try writer.reading { try $0.volumes() }
            let dblock = volumes.first { $0.name == store.builder.dblocks[0].text }?.id ?? 0
            try writer.add(
                CatalogBlock(
                    id: 10_000, digest: HashContext(.sha256).hash([1, 2, 3]), size: 3, volume: dblock))
        }
        let summary = try VerifyRun(.sample(.percent(100)), session: session, problems: ProblemLog()).run()
        #expect(Set(summary.faults.map(\.kind)) == [.missing])
        #expect(
            Set(summary.faults.map(\.object)) == [changed.text, store.builder.dblocks[0].text], "\(summary.faults)")
    }

    @Test("archived objects are left alone, counted, and nothing in them counts as lost", arguments: [true, false])
    func archived(full: Bool) throws {
        let store = try SampleStore()
        let destination = ArchivingDestination(
            base: try DestinationRegistry.open(url: "file://\(store.builder.folder)"),
            archived: Set(store.builder.dblocks.map(\.text)))
        let session = try StoreSession.open(
            destination: destination, passphrase: nil, catalogPath: store.catalog, retry: RetryPolicy(attempts: 1))
        let summary = try VerifyRun(
            full ? .full : .sample(.percent(100)), session: session, problems: ProblemLog()
        ).run()
        #expect(summary.isIntact, "\(summary.faults) \(summary.casualties)")
        #expect(summary.archived == store.builder.dblocks.count)
        #expect(summary.objects == session.listing.items.count - summary.archived)
        #expect(summary.blocks == 0)
    }

    @Test("whose turn it is outlives the catalog's rebuilding")
    func rebuilt() throws {
        let store = try SampleStore()
        _ = try sample(store, .percent(100))
        try FileManager.default.removeItem(atPath: "\(store.builder.folder)/\(store.builder.dlists[0])")
        let session = try store.builder.session(catalogPath: store.catalog)
        #expect(session.outcome.action == .rebuilt)
        #expect(try counts(store).values.allSatisfy { $0 == 1 })
    }

    @Test("a full verification counts for every volume, and a listing for none")
    func levels() throws {
        let store = try SampleStore()
        let session = try store.builder.session(catalogPath: store.catalog)
        #expect(try VerifyRun(.listing, session: session, problems: ProblemLog()).run().isIntact)
        #expect(try counts(store).values.allSatisfy { $0 == 0 })
        #expect(try VerifyRun(.full, session: session, problems: ProblemLog(), listsAnew: true).run().isIntact)
        #expect(try counts(store).values.allSatisfy { $0 == 1 })
    }
}

/// A destination on which some objects lie in an archive.
private struct ArchivingDestination: Destination {
    let base: any Destination
    let archived: Set<String>

    var label: String { base.label }
    func list() throws(DestinationError) -> [RemoteObject] {
        try base.list().map { object in
            guard archived.contains(object.name) else { return object }
            return RemoteObject(
                name: object.name, size: 0, modified: object.modified, isArchived: true,
                lockedUntil: object.lockedUntil)
        }
    }
    func put(_ name: String, from file: LocalFile) throws(DestinationError) { try base.put(name, from: file) }
    func get(_ name: String, to path: String) throws(DestinationError) -> Int64 {
        guard !archived.contains(name) else {
            throw DestinationError(.permission, .get, object: name, at: label, detail: "it is archived")
        }
        return try base.get(name, to: path)
    }
    func delete(_ name: String) throws(DestinationError) { try base.delete(name) }
    func prepare(create: Bool) throws(DestinationError) { try base.prepare(create: create) }
    func freeSpace() throws(DestinationError) -> Int64? { try base.freeSpace() }
}
