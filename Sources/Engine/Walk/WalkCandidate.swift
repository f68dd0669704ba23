internal import CPosix

/// An entry that the walk looks at, and what becomes of it.
struct WalkCandidate {
    var status: cposix_status
    var kind: WalkEntry.Kind
    var leadsToFolder: Bool
    /// Whether it is part of the backup; a folder that is not may still hold what is.
    var isStored: Bool
    /// Whether a folder is read as well.
    var isEntered = true
}

/// Where an entry was found.
struct WalkPlace {
    let name: UnsafeBufferPointer<UInt8>
    let cName: UnsafePointer<CChar>
    /// The open folder that holds it.
    let descriptor: Int32
    /// That folder's path, which ends with `/`.
    let folder: [UInt8]
    /// That folder's file system.
    let device: UInt64
}

/// What tells one file from another, whatever it is called.
struct FileIdentity: Hashable {
    let device: UInt64
    let inode: UInt64

    init(_ status: cposix_status) {
        device = status.device
        inode = status.inode
    }
}
