/// Why the local catalog cannot be used.
///
/// It holds nothing that the destination does not, so removing it loses no backup.
public enum CatalogError: Error, Sendable, CustomStringConvertible {
    /// SQLite refused; `detail` is its own message.
    case database(path: String, detail: String)
    /// There is no room for it in a folder: its own, or the one where SQLite keeps temporary files.
    case full(path: String, folder: String)
    /// The file is no database, or pages of it are damaged; it is built anew when it is opened next.
    case damaged(path: String, detail: String)
    /// The file is a catalog of a newer Dunnage.
    case tooNew(path: String, schema: Int)
    /// The catalog does not hold together: a row points to one that is missing.
    case inconsistent(path: String, detail: String)

    /// The cause, and what to do about it.
    public var description: String {
        switch self {
        case .database(let path, let detail):
            "The catalog \(path) cannot be used: \(detail). Check the folder's space and permissions; "
                + "a damaged catalog can be removed and is then rebuilt from the destination."
        case .full(let path, let folder):
            "The catalog \(path) cannot be written: the file system of \(folder) is full. "
                + "Free some space there and run again; nothing that was stored is lost."
        case .damaged(let path, let detail):
            "The catalog \(path) is damaged: \(detail). Run the command again: "
                + "the catalog is then set aside and rebuilt from the destination."
        case .tooNew(let path, let schema):
            "The catalog \(path) was written by a newer Dunnage (schema \(schema)). Run that version, "
                + "or remove the file to have it rebuilt from the destination."
        case .inconsistent(let path, let detail):
            "The catalog \(path) contradicts itself (\(detail)). Run the command again: "
                + "the catalog is then set aside and rebuilt from the destination."
        }
    }
}
