internal import CPosix

extension WalkEntry {
    /// An entry as `lstat` describes it.
    init(_ status: cposix_status, kind: Kind, leadsToFolder: Bool, nameStart: Int, nameCount: Int) {
        self.init(
            size: status.size, modified: status.modified, changed: status.changed, device: status.device,
            inode: status.inode, mode: status.mode, user: status.user, group: status.group, links: status.links,
            nameStart: UInt32(nameStart), nameCount: UInt16(nameCount), kind: kind, leadsToFolder: leadsToFolder)
    }
}

extension WalkEntry.Kind {
    /// The kind of a mode; `nil` for devices, sockets and pipes.
    init?(mode: UInt32) {
        switch mode & 0o170000 {
        case 0o100000: self = .file
        case 0o040000: self = .folder
        case 0o120000: self = .symlink
        default: return nil
        }
    }

    /// The kind that a folder's listing tells, or `nil` when it tells none.
    init?(directoryEntryType type: UInt8) {
        switch type {
        case 4: self = .folder  // DT_DIR
        case 8: self = .file  // DT_REG
        case 10: self = .symlink  // DT_LNK
        default: return nil
        }
    }
}
