import CPosix
import Glibc
import StoreFormat
import Support
import Synchronization
import Testing

@testable import Engine

extension TreeFixture {
    /// The metadata of one entry, as a backup would read it.
    func metadata(_ path: String, reader: MetadataReader = MetadataReader()) throws -> SourceMetadata {
        let result = try walk([path])
        let listing = try #require(result.listings.first)
        return try reader.read(try #require(listing.entries.first), in: listing)
    }

    /// Applies metadata to one entry and returns the warnings.
    @discardableResult
    func apply(_ metadata: Metadata, to path: String, parts: MetadataApplier.Parts = .all) -> [MetadataWarning] {
        let warnings = Mutex<[MetadataWarning]>([])
        let applier = MetadataApplier(parts: parts) { warning in warnings.withLock { $0.append(warning) } }
        applier.apply(metadata, to: Array(absolute(path).utf8))
        return warnings.withLock { $0 }
    }

    func status(_ path: String) throws -> stat {
        var status = stat()
        guard lstat(absolute(path), &status) == 0 else { throw SystemError("stat", path: path) }
        return status
    }

    func setAttribute(_ path: String, _ name: String, _ value: [UInt8]) throws {
        let code = cposix_set_attribute(absolute(path), name, value, value.count)
        if code != 0 { throw SystemError("set attribute", path: path, code: -code) }
    }

    func attribute(_ path: String, _ name: String) -> [UInt8]? {
        var value = [UInt8](repeating: 0, count: 1024)
        let count = cposix_get_attribute(absolute(path), name, &value, value.count)
        return count < 0 ? nil : Array(value.prefix(count))
    }

    func setModified(_ path: String, seconds: Int64, nanoseconds: Int64) {
        #expect(cposix_set_modified(absolute(path), seconds, nanoseconds) == 0)
    }
}

/// What the file system of temporary folders can do.
enum TemporaryFileSystem {
    /// Whether it has extended attributes of users.
    static let hasUserAttributes = canSet("user.dunnage.probe", [1])

    /// Whether it has access lists.
    static let hasAccessLists = canSet("system.posix_acl_access", accessList(user: 1234, permissions: 4))

    /// An access list in the kernel's form that gives one more user permissions; owner rw, all others r.
    static func accessList(user: UInt32, permissions: UInt16) -> [UInt8] {
        let none = UInt32.max
        let entries: [(tag: UInt16, permissions: UInt16, number: UInt32)] = [
            (0x01, 6, none), (0x02, permissions, user), (0x04, 4, none), (0x10, 4, none), (0x20, 4, none),
        ]
        var bytes: [UInt8] = [2, 0, 0, 0]
        for entry in entries {
            withUnsafeBytes(of: entry.tag.littleEndian) { bytes += $0 }
            withUnsafeBytes(of: entry.permissions.littleEndian) { bytes += $0 }
            withUnsafeBytes(of: entry.number.littleEndian) { bytes += $0 }
        }
        return bytes
    }

    private static func canSet(_ name: String, _ value: [UInt8]) -> Bool {
        guard let tree = try? TreeFixture(), (try? tree.makeFile("probe")) != nil else { return false }
        return (try? tree.setAttribute("probe", name, value)) != nil
    }
}
