internal import Catalog
internal import Cryptography
internal import StoreFormat
internal import Support

/// The entries of one version in little memory: fixed rows, and all names in one array.
struct IndexedFileList {
    /// One entry.
    struct Row {
        var folder: Int64
        var nameStart: Int
        var nameCount: Int32
        var kind: EntryKind
        var size: Int64
        var modified: Int64
        var data: ContentReference
        var metadata: ContentReference
    }

    private(set) var rows: [Row] = []
    private(set) var names: [UInt8] = []

    mutating func append(_ row: Row, name: UnsafeRawBufferPointer) {
        var row = row
        row.nameStart = names.count
        row.nameCount = Int32(name.count)
        names.append(contentsOf: name)
        rows.append(row)
    }

    /// Puts the rows in the order of folders and names.
    mutating func sort() {
        let names = names
        names.withUnsafeBytes { names in
            func name(_ row: Row) -> UnsafeRawBufferPointer {
                UnsafeRawBufferPointer(rebasing: names[row.nameStart..<row.nameStart + Int(row.nameCount)])
            }
            rows.sort { a, b in
                if a.folder != b.folder { return a.folder < b.folder }
                return compareBytes(name(a), name(b)) < 0
            }
        }
    }

    func name(_ row: Row) -> [UInt8] {
        Array(names[row.nameStart..<row.nameStart + Int(row.nameCount)])
    }

    /// Compares a row's name with another, byte by byte.
    func compareName(_ row: Row, to other: [UInt8]) -> Int {
        names.withUnsafeBytes { names in
            other.withUnsafeBytes { other in
                compareBytes(
                    UnsafeRawBufferPointer(rebasing: names[row.nameStart..<row.nameStart + Int(row.nameCount)]), other)
            }
        }
    }

    func entry(_ row: Row) -> CatalogEntry {
        CatalogEntry(
            name: name(row), kind: row.kind, size: row.size, modified: row.modified, changed: 0, data: row.data,
            metadata: row.metadata)
    }
}

/// Less than, equal to or greater than 0, as the first bytes come before, are equal to, or come after the second.
func compareBytes(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
    let common = min(a.count, b.count)
    for index in 0..<common where a[index] != b[index] { return Int(a[index]) - Int(b[index]) }
    return a.count - b.count
}
