internal import Catalog
internal import Cryptography
internal import StoreFormat
internal import Support

/// What the catalog keeps of a run from its beginning to its end, so that the next one can make something of it.
///
/// A run commits what it has recorded whenever a volume is safe at the destination, under the number of a version that
/// does not exist yet. If it never comes to its end, this tells the next run what these rows are.
struct UnfinishedRun: Sendable {
    /// The numbers that the run began with; its version is the next one.
    var first: CatalogIdentifiers
    /// When it began.
    var started: Timestamp
    /// The filelist that was about to be sent, if it came so far.
    var list: AnnouncedList?

    var version: Int64 { first.version }

    /// A filelist and what it says, known before it is sent.
    struct AnnouncedList: Sendable {
        var name: ObjectName
        var size: Int64
        var hash: Digest
        var isFull: Bool
        var totals: FilesetWriter.Totals
    }

    private static let property = "unfinished_run"

    init(first: CatalogIdentifiers, started: Timestamp) {
        self.first = first
        self.started = started
    }

    /// The unfinished run that a catalog knows of, if there is one.
    init?(in reader: borrowing CatalogReader) throws {
        guard let text = try reader.property(Self.property) else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let numbers = (lines.first ?? "").split(separator: " ").compactMap { Int64($0) }
        guard numbers.count == 6 else { return nil }
        first = CatalogIdentifiers(
            volume: numbers[1], block: numbers[2], content: numbers[3], folder: numbers[4], version: numbers[5])
        started = Timestamp(seconds: numbers[0])
        guard lines.count == 3, let name = ObjectName(parsing: String(lines[1])), name.kind == .dlist else { return }
        let fields = lines[2].split(separator: " ")
        let counts = fields.dropFirst().compactMap { Int64($0) }
        guard counts.count == 6, let bytes = fields.first.flatMap({ Hex.decode(String($0)) }),
            let hash = Digest(bytes)
        else { return }
        list = AnnouncedList(
            name: name, size: counts[0], hash: hash, isFull: counts[1] != 0,
            totals: FilesetWriter.Totals(files: counts[2], folders: counts[3], symlinks: counts[4], bytes: counts[5]))
    }

    /// Keeps it in the catalog, with the rows that it speaks of or before them.
    func keep(_ writer: borrowing CatalogWriter) throws {
        let numbers = [started.seconds, first.volume, first.block, first.content, first.folder, first.version]
        var lines = [numbers.map(String.init).joined(separator: " ")]
        if let list {
            let totals = list.totals
            let counts = [
                list.size, list.isFull ? 1 : 0, totals.files, totals.folders, totals.symlinks, totals.bytes,
            ]
            lines.append(list.name.text)
            lines.append(([list.hash.hex] + counts.map(String.init)).joined(separator: " "))
        }
        try writer.setProperty(Self.property, lines.joined(separator: "\n"))
    }

    /// Ends it: either there is a version now, or there is nothing left of it.
    static func forget(_ writer: borrowing CatalogWriter) throws { try writer.removeProperty(property) }

    /// Makes the version of the announced list, which is at the destination.
    func makeVersion(_ list: AnnouncedList, _ writer: borrowing CatalogWriter) throws {
        guard let time = list.name.time else { return }
        let id = try writer.reading { try $0.nextIdentifiers().volume }
        try writer.put(
            CatalogVolume(id: id, name: list.name.text, kind: .dlist, size: list.size, hash: list.hash))
        try writer.put(
            CatalogVersion(
                id: version, time: time, volume: id, isFull: list.isFull, files: list.totals.files,
                folders: list.totals.folders, symlinks: list.totals.symlinks, bytes: list.totals.bytes))
        try Self.forget(writer)
    }

    // MARK: After a crash

    /// Makes the rows of an unfinished run true of what is at the destination, before anything new is numbered.
    ///
    /// Volumes that are not listed whole are forgotten, and what needs their blocks, or blocks that were never sent, is
    /// taken back. If the list of the version has arrived, and all that it needs, then the version is complete. Once
    /// anything was taken back, the list says more than the rows: whoever finds it at the destination has to read it.
    static func settle(in catalog: Catalog, listing: StoreListing) throws {
        guard var run = try catalog.read({ try UnfinishedRun(in: $0) }) else { return }
        var sizes: [String: Int64?] = [:]
        for item in listing.items { sizes[item.name.text] = .some(item.size) }
        func isListed(_ name: String, _ size: Int64) -> Bool {
            guard let listed = sizes[name] else { return false }
            return listed.map { $0 == size } ?? true
        }
        try catalog.write { writer in
            for volume in try writer.reading({ try $0.volumes() })
            where volume.id >= run.first.volume && !isListed(volume.name, volume.size) {
                try writer.forgetUnfinishedVolume(volume.id, first: run.first)
            }
            let reverted = try writer.revertIncompleteStates(of: run.version, first: run.first)
            if reverted > 0, run.list != nil {
                run.list = nil
                try run.keep(writer)
            }
            if let list = run.list, isListed(list.name.text, list.size) {
                try run.makeVersion(list, writer)
            } else if try writer.countChanges(of: run.version) == 0 {
                try forget(writer)
            }
        }
    }
}
