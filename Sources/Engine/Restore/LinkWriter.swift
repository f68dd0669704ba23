internal import Glibc
internal import Support

/// Makes symbolic links.
struct LinkWriter {
    let overwrite: OverwriteRule

    /// Makes a link, unless one with the same target is there.
    /// - Returns: false when something else has the name and must stay.
    func make(_ name: [UInt8], to target: [UInt8], in folder: Int32) throws(SystemError) -> Bool {
        let status = withCString(target) { target in withCString(name) { symlinkat(target, folder, $0) } }
        if status == 0 { return true }
        guard errno == EEXIST else { throw SystemError("create a link") }
        if existingTarget(name, in: folder) == target { return true }
        guard overwrite.replaces else { return false }
        return try replace(name, to: target, in: folder)
    }

    private func existingTarget(_ name: [UInt8], in folder: Int32) -> [UInt8]? {
        var buffer = [CChar](repeating: 0, count: 4097)
        let count = withCString(name) { readlinkat(folder, $0, &buffer, buffer.count) }
        guard count >= 0, count < buffer.count else { return nil }
        return buffer[..<count].map { UInt8(bitPattern: $0) }
    }

    private func replace(_ name: [UInt8], to target: [UInt8], in folder: Int32) throws(SystemError) -> Bool {
        let temporary = TemporaryNames().link(0)
        guard withCString(target, { symlinkat($0, folder, temporary) }) == 0 else { throw SystemError("create a link") }
        if withCString(name, { renameat(folder, temporary, folder, $0) }) == 0 { return true }
        let code = errno
        unlinkat(folder, temporary, 0)
        if code == EISDIR || code == ENOTEMPTY || code == EEXIST { return false }
        throw SystemError("rename a link", code: code)
    }
}
