internal import Glibc
internal import Synchronization

/// The system's names of users and groups, each looked up once.
public final class OwnerNames: Sendable {
    private let tables = Mutex(Tables())

    private struct Tables {
        var userNames: [UInt32: [UInt8]] = [:]
        var groupNames: [UInt32: [UInt8]] = [:]
        var users: [[UInt8]: UInt32?] = [:]
        var groups: [[UInt8]: UInt32?] = [:]
    }

    /// Creates an empty table; names are looked up when they are asked for.
    public init() {}

    /// The name of a user; empty when it has none.
    public func name(ofUser number: UInt32) -> [UInt8] {
        if let known = tables.withLock({ $0.userNames[number] }) { return known }
        var record = passwd()
        let name = lookUp {
            getpwuid_r(number, &record, $0, $1, &$2)
        } found: {
            bytes(record.pw_name)
        }
        let result = name ?? []
        tables.withLock { $0.userNames[number] = result }
        return result
    }

    /// The name of a group; empty when it has none.
    public func name(ofGroup number: UInt32) -> [UInt8] {
        if let known = tables.withLock({ $0.groupNames[number] }) { return known }
        var record = Glibc.group()
        let name = lookUp {
            getgrgid_r(number, &record, $0, $1, &$2)
        } found: {
            bytes(record.gr_name)
        }
        let result = name ?? []
        tables.withLock { $0.groupNames[number] = result }
        return result
    }

    /// The number of the user of this name, or `nil` when there is none.
    public func user(named name: [UInt8]) -> UInt32? {
        if let known = tables.withLock({ $0.users[name] }) { return known }
        var record = passwd()
        let cName = name.map { CChar(bitPattern: $0) } + [0]
        let number = lookUp {
            getpwnam_r(cName, &record, $0, $1, &$2)
        } found: {
            record.pw_uid
        }
        tables.withLock { $0.users[name] = .some(number) }
        return number
    }

    /// The number of the group of this name, or `nil` when there is none.
    public func group(named name: [UInt8]) -> UInt32? {
        if let known = tables.withLock({ $0.groups[name] }) { return known }
        var record = Glibc.group()
        let cName = name.map { CChar(bitPattern: $0) } + [0]
        let number = lookUp {
            getgrnam_r(cName, &record, $0, $1, &$2)
        } found: {
            record.gr_gid
        }
        tables.withLock { $0.groups[name] = .some(number) }
        return number
    }
}

/// Runs one of the `get…_r` calls with a buffer that is large enough; `nil` when nothing is found.
///
/// `found` runs while the buffer, where the record's texts lie, is still there.
private func lookUp<Record, Value>(
    _ call: (UnsafeMutablePointer<CChar>, Int, inout UnsafeMutablePointer<Record>?) -> Int32, found: () -> Value?
) -> Value? {
    var size = 1024
    // A group with very many members needs a large buffer.
    while size <= 1 << 24 {
        let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: size)
        defer { buffer.deallocate() }
        var result: UnsafeMutablePointer<Record>?
        let status = call(buffer, size, &result)
        if status == ERANGE {
            size *= 4
            continue
        }
        if status == EINTR { continue }
        guard status == 0, result != nil else { return nil }
        return found()
    }
    return nil
}

private func bytes(_ text: UnsafePointer<CChar>?) -> [UInt8]? {
    guard let text else { return nil }
    return UnsafeBufferPointer(start: text, count: strlen(text)).map { UInt8(bitPattern: $0) }
}
