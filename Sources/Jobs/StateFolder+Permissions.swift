internal import Glibc
public import Logging
internal import Support

extension StateFolder {
    /// Takes from other users what they may do with what is kept here, as an earlier version, a copy or a volume's driver
    /// left it; says so.
    ///
    /// The folder itself stays as it is: it may be the user's own, with other things in it.
    public func keepToOwner(_ logger: Logger) {
        for path in ownPaths {
            do throws(SystemError) {
                guard let mode = try OwnerOnly.narrow(path) else { continue }
                logger.notice(
                    "other users had rights to a file of the state folder, and have them no more",
                    metadata: ["path": "\(path)", "mode": "\(String(mode, radix: 8))"])
            } catch {
                logger.warning(
                    "other users have rights to a file of the state folder; take them away, or keep others out of it",
                    metadata: ["path": "\(path)", "error": "\(error)"])
            }
        }
    }

    /// The files and folders that this program makes here: those of SQLite with the mode that the umask leaves, where an
    /// earlier version made them.
    private var ownPaths: [String] {
        let files = [ledger, "\(ledger)-wal", "\(ledger)-shm", serviceLock, serving]
        let folders = ["\(path)/catalog", logs, "\(path)/runners", undoLocks]
        return folders + files + FileTree.names(in: "\(path)/catalog").map { "\(path)/catalog/\($0)" }
    }
}
