internal import CPosix

/// Extended attributes by which an entry asks to be left out of backups, whatever their value.
enum ExclusionAttribute {
    /// The names that count.
    static let names = [
        "user.duplicati.exclude", "duplicati.exclude", "com.apple.metadata:com_apple_backup_excludeItem",
    ]

    /// Whether an open folder has such an attribute; then nothing in it is backed up either.
    static func isPresent(on descriptor: Int32) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer in
            // A list that does not fit is rare, and a negative result means no attributes or no right to see them.
            var count = cposix_list_open_attributes(descriptor, buffer.baseAddress, buffer.count)
            guard count != 0 else { return false }
            if count > 0 { return contains(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
            count = cposix_list_open_attributes(descriptor, nil, 0)
            guard count > buffer.count else { return false }
            var list = [UInt8](repeating: 0, count: count)
            count = cposix_list_open_attributes(descriptor, &list, list.count)
            return count > 0 && list.prefix(count).withUnsafeBytes(contains)
        }
    }

    private static func contains(_ list: UnsafeRawBufferPointer) -> Bool {
        list.split(separator: 0).contains { name in isExclusion(name) }
    }

    /// Whether a name is one of them.
    static func isExclusion(_ name: some Sequence<UInt8>) -> Bool {
        names.contains { name.elementsEqual($0.utf8) }
    }
}
