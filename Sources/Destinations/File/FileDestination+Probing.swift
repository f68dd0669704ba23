internal import CPosix
internal import Glibc

extension FileDestination: Probing {
    /// Which file system the folder is on.
    public func facts() throws(DestinationError) -> [DestinationFact] {
        let system = fileSystem()
        guard let name = system?.name else {
            return [DestinationFact("file_system", .unknown, "the system does not tell which file system it is")]
        }
        let place = system?.isShare == true ? "a share of the network" : "a file system of this machine"
        return [DestinationFact("file_system", .good, "\(name), \(place)")]
    }

    /// Whoever may write to a folder may empty it.
    public func historyRisks() throws(DestinationError) -> [HistoryRisk] {
        try prepare(create: false)
        guard access(folder, W_OK) == 0 else {
            return [HistoryRisk("delete", isOpen: false, "this user may not change the folder")]
        }
        let who = geteuid() == 0 ? "backups run as root, who" : "the user that backups run as"
        let system = fileSystem()
        let snapshots =
            system?.keepsSnapshots == true
            ? "whether there are snapshots of the \(system?.name ?? "file system") is not known"
            : "the file system keeps no snapshots of its own"
        return [
            HistoryRisk(
                "delete", isOpen: true, "\(who) can delete everything in the folder, and \(snapshots)",
                advice: "Have another user or machine copy the store with `dunnage destination sync`, or keep "
                    + "snapshots that only another user can delete.")
        ]
    }

    private struct FileSystem {
        let name: String
        var keepsSnapshots = false
        var isShare = false
    }

    private func fileSystem() -> FileSystem? {
        // From statfs(2) and linux/magic.h.
        switch cposix_file_system_kind(folder) {
        case 0xEF53: FileSystem(name: "ext4")
        case 0x5846_5342: FileSystem(name: "XFS")
        case 0x9123_683E: FileSystem(name: "Btrfs", keepsSnapshots: true)
        case 0x2FC1_2FC1: FileSystem(name: "ZFS", keepsSnapshots: true)
        case 0xCA45_1A4E: FileSystem(name: "bcachefs", keepsSnapshots: true)
        case 0x0102_1994: FileSystem(name: "tmpfs")
        case 0x794C_7630: FileSystem(name: "overlayfs")
        case 0x6969: FileSystem(name: "NFS", isShare: true)
        case 0xFF53_4D42, 0xFE53_4D42, 0x517B: FileSystem(name: "SMB", isShare: true)
        case 0x6573_5546: FileSystem(name: "FUSE")
        case 0x4D44: FileSystem(name: "FAT")
        case 0x2011_BAB0: FileSystem(name: "exFAT")
        default: nil
        }
    }
}
