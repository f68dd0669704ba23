internal import Catalog
internal import Glibc

/// The entries of one version in little memory: fixed rows in the order of folders and names, all names in one array.
struct LiveList {
    /// One entry.
    struct Row {
        /// What the filelist says of it; none where that must be looked at again in every version.
        var fingerprint: ParsedFileList.Fingerprint
        var size: Int64
        var modified: Int64
        /// A `ContentReference`, as the catalog keeps it.
        var data: Int64
        /// The same for the metadata.
        var metadata: Int64
        var nameStart = 0
        var nameCount: Int32 = 0
        var folder: Int32
        /// The place in the filelist.
        var position: Int32
        var kind: EntryKind

        /// Whether another row of the same name says the same.
        func isSame(as other: Row) -> Bool {
            kind == other.kind && size == other.size && modified == other.modified && data == other.data
                && metadata == other.metadata
        }
    }

    private(set) var rows: [Row] = []
    private var names: [UInt8] = []

    /// Makes room for some rows: an array that grows takes twice its size at times.
    mutating func reserve(_ count: Int) { rows.reserveCapacity(count) }

    mutating func append(_ row: Row, name: UnsafeRawBufferPointer) {
        var row = row
        row.nameStart = names.count
        row.nameCount = Int32(name.count)
        names.append(contentsOf: name)
        rows.append(row)
    }

    /// Adds a row of another list.
    mutating func append(_ row: Row, of list: LiveList) {
        list.withName(row) { append(row, name: $0) }
    }

    /// Changes a row, but not its folder and name.
    mutating func update(_ index: Int, _ change: (inout Row) -> Void) {
        change(&rows[index])
    }

    /// Puts the rows in the order of folders and names, those of one name in the order of the filelist.
    mutating func sort() {
        let names = names
        names.withUnsafeBytes { names in
            func name(_ row: Row) -> UnsafeRawBufferPointer {
                UnsafeRawBufferPointer(rebasing: names[row.nameStart..<row.nameStart + Int(row.nameCount)])
            }
            rows.sort { a, b in
                if a.folder != b.folder { return a.folder < b.folder }
                let order = compareBytes(name(a), name(b))
                return order == 0 ? a.position < b.position : order < 0
            }
        }
    }

    func name(_ row: Row) -> [UInt8] { withName(row) { Array($0) } }

    func withName<Value>(_ row: Row, _ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        names.withUnsafeBytes {
            body(UnsafeRawBufferPointer(rebasing: $0[row.nameStart..<row.nameStart + Int(row.nameCount)]))
        }
    }

    /// Whether a row comes before, is of the same name as, or comes after a row of another list.
    func compare(_ row: Row, to other: Row, of list: LiveList) -> Int {
        guard row.folder == other.folder else { return row.folder < other.folder ? -1 : 1 }
        return withName(row) { name in list.withName(other) { compareBytes(name, $0) } }
    }

    /// The first row from `start` on that is not before a row of another list.
    func lowerBound(of row: Row, of list: LiveList, from start: Int) -> Int {
        var (low, high) = (start, rows.count)
        while low < high {
            let middle = (low + high) / 2
            if compare(rows[middle], to: row, of: list) < 0 { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func entry(_ row: Row) -> CatalogEntry {
        CatalogEntry(
            name: name(row), kind: row.kind, size: row.size, modified: row.modified, changed: 0,
            data: ContentReference(rawValue: row.data), metadata: ContentReference(rawValue: row.metadata))
    }
}

/// Less than, equal to or greater than 0, as the first bytes come before, are equal to, or come after the second.
func compareBytes(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
    let common = min(a.count, b.count)
    if common > 0, let left = a.baseAddress, let right = b.baseAddress {
        let order = memcmp(left, right, common)
        if order != 0 { return Int(order) }
    }
    return a.count - b.count
}
