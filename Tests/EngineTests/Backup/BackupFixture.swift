import CPosix
import Destinations
import Foundation
import Glibc
import Support
import TestSupport
import Testing

@testable import Engine

/// A tree, a destination folder and a catalog, all temporary, and runs on them.
final class BackupFixture {
    let folder: TemporaryFolder
    let passphrase: Secret?
    var options = BackupOptions()
    var filter = FilterSet()
    var policy = WalkPolicy()
    var streams: [StreamSource] = []
    var absence: [String: SourceAbsence] = [:]
    /// The clock that versions are named by.
    var now: @Sendable () -> Timestamp = Timestamp.now
    /// Paths besides the tree.
    var others: [String] = []

    var source: String { folder.path + "/source" }
    var remote: String { folder.path + "/remote" }
    var catalog: String { folder.path + "/state/catalog.sqlite" }

    init(passphrase: String? = "correct horse") throws {
        folder = try TemporaryFolder()
        self.passphrase = passphrase.map { Secret($0) }
        for name in ["source", "temporary"] { try FileTree.createFolder("\(folder.path)/\(name)") }
    }

    // MARK: The tree

    func write(_ path: String, _ content: [UInt8], age: Int64 = 3600) throws {
        let full = "\(source)/\(path)"
        try FileTree.createFolder(String(full[..<(full.lastIndex(of: "/") ?? full.startIndex)]))
        do {
            let file = try FileDescriptor.open(full, flags: O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
            try content.withUnsafeBytes { try file.write(all: $0) }
        }
        let time = Timestamp.now()
        cposix_set_modified(full, time.seconds - age, Int64(time.nanoseconds))
    }

    func write(_ path: String, _ text: String, age: Int64 = 3600) throws {
        try write(path, Array(text.utf8), age: age)
    }

    func remove(_ path: String) {
        FileTree.remove("\(source)/\(path)")
    }

    /// Some of everything: empty files and folders, links, modes, odd names, attributes, several blocks.
    func makeVariedTree(blockSize: Int) throws {
        try write("empty", "")
        try write("small.txt", "small")
        try write("copy of small.txt", "small")
        try write("exactly one block", Self.noise(blockSize, seed: 1))
        try write("one block and a byte", Self.noise(blockSize + 1, seed: 2))
        try write("zeros", [UInt8](repeating: 0, count: blockSize * 5 + 7))
        // More hashes than one blocklist takes.
        try write("several lists", Self.noise(blockSize * (blockSize / 32) + blockSize * 3 + 11, seed: 3))
        try write("deep/er/and/deeper/file", "below")
        try write("names/ümläut ☃", "unicode")
        try write("names/line\nbreak", "odd")
        try write("names/\"quoted\\back", "escapes")
        try FileTree.createFolder("\(source)/nothing in here")
        symlink("small.txt", "\(source)/link")
        symlink("deep/er", "\(source)/link to folder")
        symlink("/nonexistent/target", "\(source)/dangling")
        chmod("\(source)/small.txt", 0o640)
        chmod("\(source)/deep/er", 0o700)
        chmod("\(source)/names", 0o1777)
        cposix_set_attribute("\(source)/small.txt", "user.note", "remember", 8)
    }

    /// Bytes that do not compress, the same for the same seed.
    static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        return (0..<count).map { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return UInt8(truncatingIfNeeded: state)
        }
    }

    // MARK: Runs

    func destination() throws -> any Destination {
        try DestinationRegistry.open(url: "file://\(remote)")
    }

    @discardableResult
    func run(
        _ destination: (any Destination)? = nil, problems: ProblemLog = ProblemLog(),
        cancellation: Cancellation = Cancellation(), progress: RunProgress = RunProgress(), passphrase: Secret? = nil
    ) throws(EngineError) -> BackupSummary {
        // Changes within one tick of the file system's clock before a run are read again by the next.
        usleep(30_000)
        let to: any Destination
        do { to = try destination ?? self.destination() } catch { throw EngineError(error, doing: "open") }
        let store = Store(
            destination: to, passphrase: passphrase ?? self.passphrase,
            temporaryFolder: folder.path + "/temporary", progress: progress, cancellation: cancellation,
            retry: RetryPolicy(attempts: 2, pause: { _, _ in }), now: now)
        var request = BackupRequest(sources: [source] + others, filter: filter, ownPaths: [], options: options)
        request.policy = policy
        request.streams = streams
        request.absence = absence
        return try BackupRun(store: store, catalogPath: catalog, request: request, problems: problems).run()
    }

    /// Restores from nothing but the destination, and returns how the result differs from the tree.
    func restoreDifferences(_ version: VersionSelector = .newest) throws -> [String] {
        try restoreDifferences(version, from: try TreeSnapshot(source))
    }

    func restoreDifferences(_ version: VersionSelector, from expected: TreeSnapshot) throws -> [String] {
        let target = try TemporaryFolder(in: folder.path)
        let problems = ProblemLog()
        let session = try StoreSession.open(
            destination: try destination(), passphrase: passphrase, temporaryFolder: folder.path, problems: problems)
        let request = RestoreRequest(version: version, target: target.path + "/out")
        _ = try RestoreRun(request, session: session, problems: problems).run()
        return try TreeSnapshot(target.path + "/out").differences(from: expected)
            + problems.problems.map { "\($0)" }
    }

    /// Names and sizes of everything at the destination.
    func objects() throws -> [String: UInt64] {
        var objects: [String: UInt64] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: remote) {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(remote)/\(name)")
            objects[name] = attributes[.size] as? UInt64
        }
        return objects
    }

    /// What the independent checker says of the store; `nil` when this machine does not have it.
    func faults(arguments: [String] = []) throws -> String? {
        try IndependentChecker.faults(remote, passphrase: passphrase?.reveal(), arguments: arguments)
    }
}

/// A checker of stores that shares no code with this package.
enum IndependentChecker {
    static let script: String? = {
        let path = FixtureStore.root + "/tools/check_store.py"
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }()

    /// Its output when it found something, an empty text when it did not, `nil` when it is not there.
    static func faults(_ store: String, passphrase: String?, arguments: [String] = []) throws -> String? {
        guard let script else { return nil }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["python3", script, store] + (passphrase.map { ["--passphrase", $0] } ?? []) + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return process.terminationStatus == 0 ? "" : output
    }
}
