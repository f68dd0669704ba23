internal import Catalog

/// A stream on its way from the detector to its reader.
struct StreamJob: Sendable {
    let source: StreamSource
    /// The one file that it becomes, as if the walk had found it.
    let batch: FolderBatch

    /// What the catalogs have under this path, one candidate for each backup.
    var group: PerTarget<Candidate> {
        var group = PerTarget(batch.candidates[0])
        for candidate in batch.candidates.dropFirst() { group.append(candidate) }
        return group
    }
}

/// The entries that streams become, which the walk does not bring although they are not gone.
struct StreamPlaces {
    private var folders: [[UInt8]: Int64] = [:]
    private var names: [Int64: Set<[UInt8]>] = [:]

    mutating func add(_ name: [UInt8], in path: [UInt8], folder: Int64) {
        folders[path] = folder
        names[folder, default: []].insert(name)
    }

    /// The number of a folder that holds streams, by its path with a slash at the end.
    func folder(_ path: [UInt8]) -> Int64? { folders.isEmpty ? nil : folders[path] }

    func holds(_ name: [UInt8], in folder: Int64) -> Bool {
        !names.isEmpty && names[folder]?.contains(name) == true
    }
}

extension StreamSource {
    /// The path of its folder, which ends with a slash, and the name of its file.
    var place: (folder: [UInt8], name: [UInt8]) {
        let bytes = Array(path.utf8)
        let start = (bytes.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1
        return (Array(bytes[..<start]), Array(bytes[start...]))
    }

    /// A listing of its file alone.
    func listing() -> FolderListing {
        let (folder, name) = place
        let entry = WalkEntry(
            size: 0, modified: 0, changed: 0, device: 0, inode: 0, mode: 0o100600, user: 0, group: 0, links: 1,
            nameStart: 0, nameCount: UInt16(clamping: name.count), kind: .file,
            leadsToFolder: false)
        return FolderListing(
            path: folder, names: name + [0], entries: [entry], isSource: true, isIncomplete: false)
    }
}
