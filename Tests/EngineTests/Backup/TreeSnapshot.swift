import CPosix
import Foundation
import Glibc

/// Everything about a tree that a backup has to bring back.
struct TreeSnapshot: Equatable {
    struct Entry: Equatable {
        var mode: UInt32
        var owner: UInt32
        var group: UInt32
        /// In steps of 100 ns, which is what the format keeps.
        var modified: Int64
        var content: Data?
        var target: String?
        var attributes: [String: [UInt8]]
    }

    private(set) var entries: [String: Entry] = [:]

    init(_ root: String) throws {
        entries[""] = try Self.entry(root)
        for path in try FileManager.default.subpathsOfDirectory(atPath: root) {
            entries[path] = try Self.entry("\(root)/\(path)")
        }
    }

    /// The paths whose entries differ, with what differs; empty when the trees are the same.
    func differences(from other: TreeSnapshot) -> [String] {
        Set(entries.keys).union(other.entries.keys).sorted().compactMap { path in
            switch (entries[path], other.entries[path]) {
            case (let mine?, let theirs?) where mine == theirs: nil
            case (nil, _): "\(path) is missing"
            case (_, nil): "\(path) does not belong"
            case (let mine?, let theirs?):
                mine.content == theirs.content ? "\(path): \(mine) is not \(theirs)" : "\(path) has another content"
            }
        }
    }

    private static func entry(_ path: String) throws -> Entry {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw POSIXError(.ENOENT) }
        let isFile = status.st_mode & S_IFMT == S_IFREG
        let isLink = status.st_mode & S_IFMT == S_IFLNK
        let modified = Int64(status.st_mtim.tv_sec) * 10_000_000 + Int64(status.st_mtim.tv_nsec) / 100
        return Entry(
            mode: status.st_mode, owner: status.st_uid, group: status.st_gid, modified: modified,
            content: isFile ? try Data(contentsOf: URL(filePath: path)) : nil,
            target: isLink ? try FileManager.default.destinationOfSymbolicLink(atPath: path) : nil,
            attributes: attributes(path))
    }

    private static func attributes(_ path: String) -> [String: [UInt8]] {
        var list = [UInt8](repeating: 0, count: 4096)
        let count = cposix_list_attributes(path, &list, list.count)
        guard count > 0 else { return [:] }
        var attributes: [String: [UInt8]] = [:]
        for name in list.prefix(count).split(separator: 0) {
            let name = String(decoding: name, as: UTF8.self)
            var value = [UInt8](repeating: 0, count: 65536)
            let size = cposix_get_attribute(path, name, &value, value.count)
            if size >= 0 { attributes[name] = Array(value.prefix(size)) }
        }
        return attributes
    }
}
