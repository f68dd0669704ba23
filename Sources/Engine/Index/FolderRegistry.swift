internal import Catalog

/// The numbers of folders while a catalog is being filled.
final class FolderRegistry {
    private var known: [[UInt8]: Int64] = [:]
    private var last: (path: [UInt8], id: Int64) = ([], 0)
    private var nextID: Int64 = 1

    /// The number of a folder, added to the catalog when it is new; entries of one folder tend to follow each other.
    func id(of path: UnsafeRawBufferPointer, _ writer: borrowing CatalogWriter) throws -> Int64 {
        if last.id != 0, last.path.elementsEqual(path) { return last.id }
        let key = Array(path)
        if let id = known[key] {
            last = (key, id)
            return id
        }
        let id = nextID
        nextID += 1
        known[key] = id
        last = (key, id)
        try writer.addFolder(id, path: path)
        return id
    }

    /// The path of a folder, for those rare cases that are told; looks at all folders.
    func path(of id: Int64) -> [UInt8]? { known.first { $0.value == id }?.key }
}
