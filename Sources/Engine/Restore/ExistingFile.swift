internal import CPosix
internal import Catalog
internal import Cryptography
internal import Glibc
internal import StoreFormat
internal import Support

/// Compares files of the target with what is to be restored.
final class ExistingFile {
    private let hash: HashContext
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)

    init(settings: StoreSettings) {
        hash = HashContext(settings.fileHash)
    }

    deinit { buffer.deallocate() }

    /// The hash that the file has when it is right; nil for an empty one.
    static func expectedHash(_ data: ContentReference, _ contents: ContentLookup) throws -> Digest? {
        switch data {
        case .nothing: nil
        case .block(let id): try contents.block(id).digest
        case .content(let id): try contents.content(id).hash
        }
    }

    /// Whether a regular file of this size and hash has the name.
    func has(
        _ expected: Digest?, size: Int64, _ name: UnsafePointer<CChar>, in folder: Int32, status: cposix_status
    ) -> Bool {
        guard status.mode & S_IFMT == S_IFREG, status.size == size else { return false }
        guard size > 0 else { return true }
        let raw = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard raw >= 0 else { return false }
        return (try? digest(of: FileDescriptor(owning: raw))) == expected
    }

    /// The hash of an open file from its position on.
    func digest(of file: borrowing FileDescriptor) throws(SystemError) -> Digest {
        while true {
            let count: Int
            do throws(SystemError) {
                count = try file.read(into: buffer)
            } catch {
                _ = hash.finish()
                throw error
            }
            if count > 0 { hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
            if count < buffer.count { return hash.finish() }
        }
    }

    /// `report.2026-11-21.txt`, then `report.2026-11-21 (0).txt` and so on, as Duplicati names them; names that would
    /// be too long for a file system lose the end of what stands before the date.
    static func alternative(_ name: ArraySlice<UInt8>, date: Timestamp, attempt: Int) -> [UInt8] {
        var seconds = time_t(date.seconds)
        var local = tm()
        localtime_r(&seconds, &local)
        var insert: [UInt8] = [UInt8(ascii: ".")]
        insert.appendDigits(Int64(local.tm_year) + 1900, width: 4)
        insert.append(UInt8(ascii: "-"))
        insert.appendDigits(Int64(local.tm_mon) + 1, width: 2)
        insert.append(UInt8(ascii: "-"))
        insert.appendDigits(Int64(local.tm_mday), width: 2)
        if attempt >= 0 { insert += Array(" (\(attempt))".utf8) }
        let room = Int(NAME_MAX) - insert.count
        var dot = name.lastIndex(of: UInt8(ascii: ".")) ?? name.endIndex
        // What is as long as this is no extension, and would leave no room for the name.
        if name.endIndex - dot > room / 2, name.count > room { dot = name.endIndex }
        var end = min(dot, name.startIndex + room - (name.endIndex - dot))
        // Not within a character.
        while end < dot, end > name.startIndex, name[end] & 0xC0 == 0x80 { end -= 1 }
        return Array(name[..<end]) + insert + Array(name[dot...])
    }
}
