import Engine
import Foundation
import StoreFormat
import Support
import TestSupport

/// A store with two versions of a little of everything.
struct SampleStore {
    let folder: TemporaryFolder
    let builder: StoreBuilder
    let first: [StoreBuilder.Entry]
    let second: [StoreBuilder.Entry]

    /// A place for a catalog of it.
    var catalog: String { folder.path + "/catalog.sqlite" }

    static let firstTime = Timestamp(seconds: 1_760_000_000)
    static let secondTime = Timestamp(seconds: 1_760_100_000)

    init(passphrase: Secret? = nil, seed: UInt64 = 7) throws {
        folder = try TemporaryFolder()
        builder = try StoreBuilder(in: folder.path + "/store", passphrase: passphrase)
        var random = SeededGenerator(seed: seed)
        var entries: [StoreBuilder.Entry] = [
            .folder("/data/"), .folder("/data/empty/", mode: 0o700), .folder("/data/sub/"),
            .link("/data/link", to: "sub/text.txt"), .link("/data/dangling", to: "../nowhere"),
        ]
        entries += [
            .file("/data/empty.bin", []), .file("/data/sub/text.txt", String(repeating: "some text\n", count: 300)),
            .file("/data/sub/tool", random.bytes(500), mode: 0o750),
            .file("/data/large.bin", random.bytes(75_000)), .file("/data/same-a", random.bytes(2_000)),
            .file("/data/räksmörgås.txt", "unicode"),
        ]
        for index in 0..<12 { entries.append(.file("/data/sub/\(index).bin", random.bytes(1_000 + index * 700))) }
        first = entries
        entries.removeAll { $0.path == "/data/sub/3.bin" }
        entries = entries.map { entry in
            var entry = entry
            if entry.path == "/data/sub/text.txt" { entry.content += Array("changed\n".utf8) }
            return entry
        }
        entries.append(.file("/data/new.bin", random.bytes(30_000)))
        second = entries
        try builder.addVersion(Self.firstTime, first)
        try builder.addVersion(Self.secondTime, second)
    }

    /// Which files below `folder` are not as in a version: missing, different, or of another mode or time.
    static func differences(_ folder: String, _ entries: [StoreBuilder.Entry]) -> [String] {
        var found: [String] = []
        for entry in entries {
            let path = folder + entry.path.dropFirst("/data".count)
            let trimmed = path.hasSuffix("/") ? String(path.dropLast()) : path
            var status = stat()
            guard lstat(trimmed, &status) == 0 else {
                found.append(entry.path)
                continue
            }
            let modified = Timestamp(seconds: Int64(status.st_mtim.tv_sec), nanoseconds: Int32(status.st_mtim.tv_nsec))
            var isRight = modified == entry.modified
            switch entry.kind {
            case .file:
                isRight =
                    isRight && status.st_mode & 0o7777 == entry.mode
                    && FileManager.default.contents(atPath: trimmed) == Data(entry.content)
            case .folder: isRight = isRight && status.st_mode & 0o7777 == entry.mode
            case .symlink:
                isRight = (try? FileManager.default.destinationOfSymbolicLink(atPath: trimmed)) == entry.target
            }
            if !isRight { found.append(entry.path) }
        }
        return found
    }
}
