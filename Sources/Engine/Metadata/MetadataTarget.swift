internal import CPosix
internal import Glibc

/// What metadata is applied to: something at a path, never followed when it is a link, or an open file.
enum MetadataTarget {
    /// What is at the path.
    case path(UnsafePointer<CChar>)
    /// The open file.
    case open(Int32)

    /// Returns 0, or -1 and `errno`.
    func setOwner(_ user: UInt32, _ group: UInt32) -> Int32 {
        switch self {
        case .path(let path): lchown(path, user, group)
        case .open(let file): fchown(file, user, group)
        }
    }

    /// Returns 0, or -1 and `errno`.
    func setMode(_ mode: UInt32) -> Int32 {
        switch self {
        // Not following links also when one takes the place of the file at this moment.
        case .path(let path): fchmodat(AT_FDCWD, path, mode, AT_SYMLINK_NOFOLLOW)
        case .open(let file): fchmod(file, mode)
        }
    }

    /// Returns the length of the names, or the negated value of `errno`.
    func listAttributes(_ buffer: UnsafeMutableRawPointer?, _ capacity: Int) -> Int {
        switch self {
        case .path(let path): cposix_list_attributes(path, buffer, capacity)
        case .open(let file): cposix_list_open_attributes(file, buffer, capacity)
        }
    }

    /// Returns 0 or the value of `errno`.
    func setAttribute(_ name: [CChar], _ value: [UInt8]) -> Int32 {
        switch self {
        case .path(let path): -cposix_set_attribute(path, name, value, value.count)
        case .open(let file): -cposix_set_open_attribute(file, name, value, value.count)
        }
    }

    /// Returns 0 or the value of `errno`.
    func removeAttribute(_ name: [CChar]) -> Int32 {
        switch self {
        case .path(let path): -cposix_remove_attribute(path, name)
        case .open(let file): -cposix_remove_open_attribute(file, name)
        }
    }

    /// Returns 0 or the value of `errno`.
    func setModified(_ seconds: Int64, _ nanoseconds: Int64) -> Int32 {
        switch self {
        case .path(let path): -cposix_set_modified(path, seconds, nanoseconds)
        case .open(let file): -cposix_set_open_modified(file, seconds, nanoseconds)
        }
    }
}
