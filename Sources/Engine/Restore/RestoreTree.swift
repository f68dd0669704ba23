internal import Catalog

/// The folders, files and links to restore, by their places below the target.
///
/// Entries are numbered: first the files, then the links, then the folders.
struct RestoreTree: Sendable {
    /// A folder; the first one is the target itself.
    struct Folder: Sendable {
        let name: [UInt8]
        /// The index of the folder that it is in.
        let parent: Int
        /// Where the version has it, with a separator at the end.
        var source: [UInt8]
        /// Whether the version has an entry for it, rather than only for something below.
        var isListed = false
        var metadata = ContentReference.nothing
        /// Whether it was made by this run, so that nothing can be in the way.
        var isNew = false
        /// Whether something else is in its place, or it cannot be made.
        var isBlocked = false
    }

    /// What is done for a file.
    enum Action: UInt8, Sendable, Hashable {
        /// It is new.
        case create
        /// It takes the place of another file once it is complete.
        case replace
        /// Blocks that differ are written into the file that is there.
        case patch
        /// The file that is there has the right content.
        case keep
        /// Nothing is done.
        case skip
    }

    /// A regular file; there may be millions.
    struct File: Sendable {
        var nameStart: Int
        var size: Int64
        var modified: Int64
        private var dataValue: Int64
        private var metadataValue: Int64
        var folder: Int32
        var nameCount: UInt16
        var action = Action.create

        /// The content.
        var data: ContentReference { ContentReference(rawValue: dataValue) }
        /// The metadata.
        var metadata: ContentReference { ContentReference(rawValue: metadataValue) }

        init(
            folder: Int32, nameCount: Int, nameStart: Int, size: Int64, modified: Int64, data: ContentReference,
            metadata: ContentReference
        ) {
            self.folder = folder
            self.nameCount = UInt16(clamping: nameCount)
            self.nameStart = nameStart
            self.size = size
            self.modified = modified
            dataValue = data.rawValue
            metadataValue = metadata.rawValue
        }
    }

    /// A symbolic link.
    struct Link: Sendable {
        let folder: Int
        let name: [UInt8]
        let metadata: ContentReference
    }

    var folders: [Folder]
    var files: [File] = []
    var links: [Link] = []
    /// For files that are patched: which of their blocks are right.
    var present: [Int32: Set<Int32>] = [:]
    private(set) var names: [UInt8] = []
    /// The target's own path, with a slash at the end.
    let base: [UInt8]

    init(base: [UInt8]) {
        self.base = base
        folders = [Folder(name: [], parent: 0, source: [])]
    }

    /// A tree with files and their names already in place.
    init(base: [UInt8], files: [File], names: [UInt8]) {
        self.init(base: base)
        self.files = files
        self.names = names
    }

    /// The numbers of links among the entries.
    var linkEntries: Range<Int32> { Int32(files.count)..<Int32(files.count + links.count) }

    /// The numbers of folders among the entries.
    var folderEntries: Range<Int32> {
        Int32(files.count + links.count)..<Int32(files.count + links.count + folders.count)
    }

    /// The folder of a number among the entries.
    func folder(ofEntry entry: Int32) -> Folder { folders[Int(entry) - files.count - links.count] }

    /// The number of a folder among the entries.
    func entry(ofFolder index: Int) -> Int32 { Int32(files.count + links.count + index) }

    /// The number of a link among the entries.
    func entry(ofLink index: Int) -> Int32 { Int32(files.count + index) }

    /// Appends a name to the common store of names.
    mutating func store(_ name: some Collection<UInt8>) -> (start: Int, count: Int) {
        names.append(contentsOf: name)
        return (names.count - name.count, name.count)
    }

    func name(_ file: File) -> ArraySlice<UInt8> {
        names[file.nameStart..<file.nameStart + Int(file.nameCount)]
    }

    /// All names that the tree has in the folders of some files.
    func names(inFoldersOf chosen: [Int]) -> [Int32: Set<[UInt8]>] {
        var names: [Int32: Set<[UInt8]>] = [:]
        for index in chosen { names[files[index].folder] = [] }
        guard !names.isEmpty else { return names }
        for file in files where names[file.folder] != nil { names[file.folder]?.insert(Array(name(file))) }
        for link in links { names[Int32(link.folder)]?.insert(link.name) }
        for folder in folders.dropFirst() { names[Int32(folder.parent)]?.insert(folder.name) }
        return names
    }

    /// Calls `body` with a file's name as a C string.
    func withName<Result>(_ file: File, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(file.nameCount) + 1) { buffer in
            for index in 0..<Int(file.nameCount) { buffer[index] = CChar(bitPattern: names[file.nameStart + index]) }
            buffer[Int(file.nameCount)] = 0
            // The buffer has room for the zero byte at least.
            return buffer.baseAddress.map { body($0) } ?? "".withCString(body)
        }
    }

    /// The path of a folder, with a slash at the end.
    func path(ofFolder index: Int) -> [UInt8] {
        guard index != 0 else { return base }
        var path = path(ofFolder: folders[index].parent)
        path.append(contentsOf: folders[index].name)
        path.append(EntryPath.slash)
        return path
    }

    /// The path of a file in the target.
    func path(_ file: File) -> [UInt8] {
        path(ofFolder: Int(file.folder)) + name(file)
    }

    /// Where a file comes from, for messages.
    func source(_ file: File) -> String {
        String(decoding: folders[Int(file.folder)].source + name(file), as: UTF8.self)
    }
}
