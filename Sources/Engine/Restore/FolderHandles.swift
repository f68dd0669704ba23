internal import CPosix
internal import Glibc
internal import Support

/// Open handles of target folders, for one thread: the few used last stay open.
///
/// Each folder is opened from its parent without following links, so that nothing is ever written outside the
/// target, whatever lies in it. Only where a restore goes to the original place, folders that the version does not
/// have itself may be links: they belong to the machine.
final class FolderHandles {
    private struct Slot {
        var folder = -1
        var handle: Int32 = -1
    }

    private let tree: RestoreTree
    private let followsUnlisted: Bool
    private let base: Int32
    private var slots = [Slot](repeating: Slot(), count: 64)

    /// Opens the target itself.
    init(tree: RestoreTree, followsUnlisted: Bool) throws(SystemError) {
        self.tree = tree
        self.followsUnlisted = followsUnlisted
        let path = String(decoding: tree.base, as: UTF8.self)
        base = open(path, Self.flags)
        guard base >= 0 else { throw SystemError("open", path: path) }
    }

    deinit {
        for slot in slots where slot.handle >= 0 { close(slot.handle) }
        close(base)
    }

    // O_PATH, which Glibc's module lacks: needs no permission to read the folder, and is enough for everything done
    // relative to it.
    private static let path: Int32 = 0o10_000_000
    private static let flags = path | O_DIRECTORY | O_CLOEXEC

    /// The handle of a folder, valid until the next call.
    func handle(_ folder: Int) throws(SystemError) -> Int32 {
        if folder == 0 { return base }
        let slot = folder & (slots.count - 1)
        if slots[slot].folder == folder { return slots[slot].handle }
        let description = tree.folders[folder]
        let parent = try handle(description.parent)
        let follow = followsUnlisted && !description.isListed
        let handle = withCString(description.name) {
            openat(parent, $0, Self.flags | (follow ? 0 : O_NOFOLLOW))
        }
        guard handle >= 0 else {
            throw SystemError("open", path: String(decoding: tree.path(ofFolder: folder), as: UTF8.self))
        }
        if slots[slot].handle >= 0 { close(slots[slot].handle) }
        slots[slot] = Slot(folder: folder, handle: handle)
        return handle
    }
}

/// Calls `body` with a name as a C string.
func withCString<Result>(_ name: some Collection<UInt8>, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    var text = ContiguousArray<CChar>()
    text.reserveCapacity(name.count + 1)
    for byte in name { text.append(CChar(bitPattern: byte)) }
    text.append(0)
    return text.withUnsafeBufferPointer { buffer in
        // There is the zero byte at least, so there is an address.
        buffer.baseAddress.map(body) ?? "".withCString(body)
    }
}
