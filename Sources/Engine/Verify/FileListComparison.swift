internal import Catalog
internal import StoreFormat

/// What exactly differs between a filelist and the catalog's version, once it is known that something does.
struct FileListComparison {
    private(set) var missing = 0
    private(set) var extra = 0
    private(set) var modified = 0
    /// A path of each, for messages.
    private(set) var firstMissing = ""
    private(set) var firstExtra = ""
    private(set) var firstModified = ""

    /// Compares entry by entry; reads the list again.
    init(_ reader: VolumeReader, with catalog: Catalog, version: Int64) throws {
        var open: [UInt64: UInt64] = [:]
        var seen: Set<UInt64> = []
        try catalog.read { catalog in
            var prefixes = try ContentPrefixes(catalog)
            let lookup = try catalog.contents()
            try catalog.forEachEntry(of: version) { folder, entry in
                let fingerprint = try prefixes.fingerprint(entry, in: folder, lookup)
                open[fingerprint.name] = fingerprint.whole
            }
        }
        let fingerprints = EntryFingerprints(settings: reader.settings)
        try reader.readFileList { entry in
            // Of entries with one path the first one counts, for whoever reads the list.
            guard let (name, whole) = fingerprints.make(entry), seen.insert(name).inserted else { return }
            switch open.removeValue(forKey: name) {
            case nil: note(&extra, &firstExtra, entry.pathText)
            case whole: break
            default: note(&modified, &firstModified, entry.pathText)
            }
        }
        guard !open.isEmpty else { return }
        try catalog.read { catalog in
            try catalog.forEachEntry(of: version) { folder, entry in
                guard open[entry.name.withUnsafeBytes { EntryFingerprints.name(folder, $0) }] != nil else { return }
                let path = EntryPath.join(folder, entry.name, isFolder: entry.kind == .folder)
                note(&missing, &firstMissing, String(decoding: path.prefix(1024), as: UTF8.self))
            }
        }
    }

    private func note(_ count: inout Int, _ first: inout String, _ path: String) {
        count += 1
        if first.isEmpty { first = path }
    }
}
