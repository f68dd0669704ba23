import Destinations
import Foundation
import Glibc
import Support
import Synchronization
import TestSupport
import Testing

@testable import Engine

/// A tree and several stores of it, each with a catalog of its own, and captures that feed them.
final class CaptureFixture {
    /// Has the tree; its own store is not used.
    let tree: BackupFixture
    /// Have the stores and the catalogs; their own trees are not used.
    let copies: [BackupFixture]

    /// A summary, or why there is none.
    typealias Outcome = Result<BackupSummary, EngineError>

    init(_ count: Int, blockSize: Int = 4096, volumeSize: Int64 = 64 << 10) throws {
        tree = try BackupFixture()
        copies = try (0..<count).map { number in
            // Not all are encrypted: deriving the keys of so many small objects takes longer than all else.
            let copy = try BackupFixture(passphrase: number == 2 ? "passphrase" : nil)
            copy.options.blockSize = blockSize
            copy.options.volumeSize = volumeSize
            copy.options.commitInterval = .zero
            copy.options.concurrentUploads = 1
            return copy
        }
    }

    func write(_ path: String, seed: UInt64, size: Int = 20_000) throws {
        try tree.write(path, Self.noise(size, seed: seed))
    }

    /// Bytes that do not compress, made eight at a time.
    private static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return [UInt8](unsafeUninitializedCapacity: count + 8) { buffer, initialized in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            var position = 0
            while position < count {
                bytes.storeBytes(of: generator.next(), toByteOffset: position, as: UInt64.self)
                position += 8
            }
            initialized = count
        }
    }

    // MARK: Runs

    /// Backs up to some of the stores, or all, from one capture; whoever is not among them misses it.
    ///
    /// `destinations` stand for those of the stores with these numbers, `cancellations` end single backups.
    func run(
        _ numbers: [Int]? = nil, destinations: [Int: any Destination] = [:],
        cancellations: [Int: Cancellation] = [:], cancellation: Cancellation = Cancellation(),
        limits: RunLimits = RunLimits()
    ) throws -> [Outcome] {
        usleep(30_000)
        let numbers = numbers ?? Array(copies.indices)
        let capture = Capture(backups: numbers.count)
        let outcomes = Mutex<[Int: Outcome]>([:])
        var stores: [WeakStore] = []
        do {
            let runs = try numbers.enumerated().map { seat, number in
                let store = try store(
                    number, destinations[number], cancellations[number] ?? cancellation, limits)
                stores.append(WeakStore(store))
                return (number, try backup(of: number, to: store, at: capture.seat(seat)))
            }
            let threads = try runs.map { number, run in
                try WorkerThread("copy \(number)") {
                    let outcome = Outcome { () throws(EngineError) in try run.run() }
                    outcomes.withLock { $0[number] = outcome }
                }
            }
            for thread in threads { thread.join() }
        }
        #expect(stores.allSatisfy { $0.store == nil }, "something keeps a store after its run")
        return try outcomes.withLock { outcomes in try numbers.map { try #require(outcomes[$0]) } }
    }

    private struct WeakStore {
        weak var store: Store?
        init(_ store: Store) { self.store = store }
    }

    private func store(
        _ number: Int, _ destination: (any Destination)?, _ cancellation: Cancellation, _ limits: RunLimits
    ) throws -> Store {
        let copy = copies[number]
        return Store(
            destination: try destination ?? copy.destination(), passphrase: copy.passphrase,
            temporaryFolder: copy.folder.path + "/temporary", cancellation: cancellation,
            retry: RetryPolicy(attempts: 2, pause: { _, _ in }), limits: limits, now: copy.now)
    }

    private func backup(of number: Int, to store: Store, at seat: CaptureSeat) throws -> BackupRun {
        var request = BackupRequest(sources: [tree.source], ownPaths: [], options: copies[number].options)
        request.streams = tree.streams
        return BackupRun(store: store, catalogPath: copies[number].catalog, request: request, seat: seat)
    }

    /// A destination of a store that fails as told.
    func faulty(_ number: Int, _ faults: FaultyDestination.Fault...) throws -> FaultyDestination {
        FaultyDestination(try copies[number].destination(), faults: faults)
    }

    // MARK: What came of it

    /// Says of each store, restored from nothing but its objects, how its newest version differs from the tree, and of
    /// some what an independent checker says of them.
    func differences(_ numbers: [Int]? = nil, checking checked: [Int] = []) throws -> [String] {
        let expected = try TreeSnapshot(tree.source)
        return try (numbers ?? Array(copies.indices)).flatMap { number in
            let faults = checked.contains(number) ? try copies[number].faults(arguments: ["--lenient"]) ?? "" : ""
            return try copies[number].restoreDifferences(.newest, from: expected).map { "store \(number): \($0)" }
                + (faults.isEmpty ? [] : ["store \(number): \(faults)"])
        }
    }

    /// Takes the content of a file out of the newest version of a store; `nil` when it has none.
    func content(of path: String, in number: Int) throws -> [UInt8]? {
        let copy = copies[number]
        let target = try TemporaryFolder(in: copy.folder.path)
        let session = try StoreSession.open(
            destination: try copy.destination(), passphrase: copy.passphrase, temporaryFolder: copy.folder.path)
        let request = RestoreRequest(version: .newest, target: target.path, keepsWholePaths: true)
        _ = try RestoreRun(request, session: session, problems: ProblemLog()).run()
        return (try? Data(contentsOf: URL(filePath: target.path + path))).map { Array($0) }
    }
}

extension Result where Success == BackupSummary {
    /// The summary of a run that came to its end.
    var summary: BackupSummary? { try? get() }
}
