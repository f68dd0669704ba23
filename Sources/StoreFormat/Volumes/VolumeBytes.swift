internal import Cryptography
internal import Glibc
internal import Support

/// Bytes mapped into memory: a file, or anonymous memory, unmapped by the last owner.
///
/// `@unchecked Sendable`: written only by its creator before it is shared, read-only and fixed in place afterwards.
final class VolumeBytes: @unchecked Sendable {
    private let base: UnsafeMutableRawPointer?
    private let mappedCount: Int
    private(set) var count: Int

    private init(base: UnsafeMutableRawPointer?, count: Int) {
        self.base = base
        self.count = count
        mappedCount = count
    }

    deinit {
        if let base { munmap(base, mappedCount) }
    }

    /// The bytes.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    /// The bytes, for the creator to fill.
    var writable: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(start: base, count: count) }

    /// Forgets the bytes behind `count`.
    func truncate(to count: Int) {
        self.count = min(count, self.count)
    }

    /// Maps a file for reading.
    static func mapping(_ path: String) throws(SystemError) -> VolumeBytes {
        try mapping(FileDescriptor.open(path), path: path)
    }

    /// Maps an open file for reading.
    static func mapping(_ file: borrowing FileDescriptor, path: String) throws(SystemError) -> VolumeBytes {
        let size = try file.size()
        guard size > 0 else { return VolumeBytes(base: nil, count: 0) }
        return try map(Int(size), protection: PROT_READ, flags: MAP_PRIVATE, descriptor: file.raw, path: path)
    }

    /// Anonymous memory.
    static func anonymous(_ count: Int) throws(SystemError) -> VolumeBytes {
        guard count > 0 else { return VolumeBytes(base: nil, count: 0) }
        return try map(
            count, protection: PROT_READ | PROT_WRITE, flags: MAP_PRIVATE | MAP_ANONYMOUS, descriptor: -1, path: nil)
    }

    /// A nameless file of a folder, mapped for writing; its space is reserved first, so that no write can fail later.
    static func nameless(_ count: Int, in folder: String) throws(SystemError) -> VolumeBytes {
        let file = try namelessFile(in: folder)
        let code = posix_fallocate(file.raw, 0, off_t(count))
        guard code == 0 else { throw SystemError("reserve space in", path: folder, code: code) }
        return try map(
            count, protection: PROT_READ | PROT_WRITE, flags: MAP_SHARED, descriptor: file.raw, path: folder)
    }

    /// An empty file of a folder without a name.
    static func namelessFile(in folder: String) throws(SystemError) -> FileDescriptor {
        let path = "\(folder)/.dunnage-\(Hex.encode(RandomBytes.make(12))).plain"
        let file = try FileDescriptor.open(path, flags: O_RDWR | O_CREAT | O_EXCL)
        unlink(path)
        return file
    }

    private static func map(
        _ count: Int, protection: Int32, flags: Int32, descriptor: Int32, path: String?
    ) throws(SystemError) -> VolumeBytes {
        let base = mmap(nil, count, protection, flags, descriptor, 0)
        guard let base, base != MAP_FAILED else { throw SystemError("map", path: path) }
        return VolumeBytes(base: base, count: count)
    }
}
