/// Why the ledger cannot be used.
public enum LedgerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// SQLite refused; `detail` is its own message.
    case database(path: String, detail: String)
    /// There is no room for it.
    case full(path: String)
    /// The file is no database, or pages of it are damaged.
    case damaged(path: String, detail: String)
    /// The file was written by a newer Dunnage.
    case tooNew(path: String)

    /// The cause, and what to do about it.
    public var description: String {
        switch self {
        case .database(let path, let detail):
            "The ledger \(path) cannot be used: \(detail). Check the folder's space and permissions."
        case .full(let path):
            "The ledger \(path) cannot be written: its file system is full. Free some space there and run again."
        case .damaged(let path, let detail):
            "The ledger \(path) is damaged: \(detail). Move the file away to begin a new one: "
                + "backups are not touched, but the history of runs and the reports not yet delivered are lost."
        case .tooNew(let path):
            "The ledger \(path) was written by a newer Dunnage. Run that version, or move the file away."
        }
    }
}
