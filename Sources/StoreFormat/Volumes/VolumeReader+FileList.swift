public import Archive

/// What the objects of versions hold.
extension VolumeReader {
    /// What the version says of itself; versions of before 2019 say nothing and are full.
    public func filesetFlags() throws(StoreFormatError) -> FilesetFlags {
        guard let entry = entry(named: FilesetFlags.entryName) else { return FilesetFlags() }
        guard entry.size <= Self.smallEntryLimit else {
            throw StoreFormatError(.damaged, object: name.text, detail: "its fileset entry has \(entry.size) bytes")
        }
        return try FilesetFlags.decode(try content(of: entry), object: name.text)
    }

    /// Reads the list of files, entry by entry, whatever its size.
    ///
    /// Entries are handed out as they come, before the end of the list is verified: what is done with them must be
    /// undone when this throws.
    /// - Returns: what the list held besides.
    @discardableResult
    public func readFileList(_ body: (FileEntry) throws -> Void) throws -> FileListReader.Summary {
        guard let entry = entry(named: Self.fileListName) else {
            throw StoreFormatError(.entryMissing, object: name.text, detail: Self.fileListName)
        }
        return try FileListReader.read(object: name.text, feed: { try stream(entry, chunk: $0) }, entry: body)
    }

    /// The control files that were stored with the version: name and entry.
    public var controlFiles: [(name: String, entry: ZipEntry)] {
        let prefix = IndexEntries.controlPrefix
        return entries.filter { $0.name.hasPrefix(prefix) }.map { (String($0.name.dropFirst(prefix.count)), $0) }
    }
}
