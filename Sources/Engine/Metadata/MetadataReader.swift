internal import CPosix
internal import Glibc
internal import StoreFormat
public import Support

/// Finds out what the store remembers of files, folders and links besides their content.
///
/// One reader belongs to one thread; it keeps its buffers. The table of names may be shared.
public final class MetadataReader {
    private let names: OwnerNames
    private let viewer = FileAttributes.Viewer.ofProcess()
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    private var attributes: [Metadata.ExtendedAttribute] = []
    private var leftOutAttributes = 0
    private var path: [UInt8] = []
    private var devicesWithoutAttributes: Set<UInt64> = []
    // Neighbours mostly have the same owner, so that the shared table is rarely asked.
    private var lastUser: (number: UInt32, name: [UInt8])?
    private var lastGroup: (number: UInt32, name: [UInt8])?

    /// A reader that looks names up in `names`.
    public init(names: OwnerNames = OwnerNames()) {
        self.names = names
    }

    deinit { buffer.deallocate() }

    /// Reads the metadata of an entry of a listing.
    ///
    /// Extended attributes that may not be read are left out.
    /// - Throws: `SystemError` when an attribute or the target of a link cannot be read for another reason.
    public func read(_ entry: WalkEntry, in listing: FolderListing) throws(SystemError) -> SourceMetadata {
        path.removeAll(keepingCapacity: true)
        path += listing.path
        path += listing.name(of: entry)
        if listing.followsLinks, entry.kind != .symlink { resolvePath() }
        // The source `/` has neither a folder nor a name.
        if path.isEmpty { path.append(UInt8(ascii: "/")) }
        let outcome: Result<(asksForExclusion: Bool, target: [UInt8]?), SystemError>
        if path.count < Int(PATH_MAX) {
            path.append(0)
            outcome = path.withUnsafeBufferPointer { bytes in
                bytes.withMemoryRebound(to: CChar.self) { bytes in
                    guard let base = bytes.baseAddress else { return .failure(SystemError("read", code: EINVAL)) }
                    return look(at: base, entry)
                }
            }
        } else {
            outcome = try SystemPath.with(path) { look(at: $0, entry) }
        }
        let found = try outcome.get()
        return SourceMetadata(
            metadata: metadata(entry, in: listing, target: found.target), asksForExclusion: found.asksForExclusion,
            leftOutAttributes: leftOutAttributes)
    }

    /// Where links are followed, what is asked for is what they lead to.
    private func resolvePath() {
        guard let resolved = try? SystemPath.with(path, { realpath($0, nil) }) else { return }
        defer { free(resolved) }
        path = Array(UnsafeBufferPointer(start: resolved, count: strlen(resolved)).lazy.map { UInt8(bitPattern: $0) })
    }

    private func metadata(_ entry: WalkEntry, in listing: FolderListing, target: [UInt8]?) -> Metadata {
        var metadata = Metadata()
        metadata.extendedAttributes = attributes
        metadata.ownership = Metadata.Ownership(uid: entry.user, gid: entry.group, mode: entry.mode)
        if entry.kind != .symlink, entry.mode & 0o7000 != 0 { metadata.specialBits = entry.mode >> 9 }
        metadata.ownerName = name(ofUser: entry.user)
        metadata.groupName = name(ofGroup: entry.group)
        metadata.attributes = .linux(
            kind: FileEntry.Kind(entry.kind), leadsToFolder: entry.leadsToFolder,
            isHidden: listing.name(of: entry).first == UInt8(ascii: "."), mode: entry.mode, uid: entry.user,
            gid: entry.group, viewer: viewer)
        metadata.modificationTicks = Timestamp(unixNanoseconds: entry.modified).ticks
        // What .NET calls the creation time on Linux.
        metadata.creationTicks = Timestamp(unixNanoseconds: min(entry.modified, entry.changed)).ticks
        metadata.symlinkTarget = target
        return metadata
    }

    private func look(
        at path: UnsafePointer<CChar>, _ entry: WalkEntry
    ) -> Result<(asksForExclusion: Bool, target: [UInt8]?), SystemError> {
        do throws(SystemError) {
            let asksForExclusion = try readAttributes(path, entry)
            let target = entry.kind == .symlink ? try readTarget(path) : nil
            return .success((asksForExclusion, target))
        } catch {
            return .failure(error)
        }
    }

    private func readTarget(_ path: UnsafePointer<CChar>) throws(SystemError) -> [UInt8] {
        let space = buffer.assumingMemoryBound(to: CChar.self)
        let count = space.baseAddress.map { readlink(path, $0, space.count) } ?? 0
        guard count >= 0 else { throw SystemError("read the link", path: String(cString: path)) }
        let target = Array(buffer.prefix(count))
        guard target.withUnsafeBytes({ FileEntry.isRepresentable($0) }) else {
            throw SystemError("read the link", path: String(cString: path), code: EILSEQ)
        }
        return target
    }

    /// Fills `attributes`, and returns whether one of them asks for exclusion.
    private func readAttributes(_ path: UnsafePointer<CChar>, _ entry: WalkEntry) throws(SystemError) -> Bool {
        attributes.removeAll(keepingCapacity: true)
        leftOutAttributes = 0
        if !devicesWithoutAttributes.isEmpty, devicesWithoutAttributes.contains(entry.device) { return false }
        let count = filling { cposix_list_attributes(path, buffer.baseAddress, $0) }
        if count == -Int(ENOTSUP) { devicesWithoutAttributes.insert(entry.device) }
        guard count > 0 else {
            if count == 0 || Self.isTolerable(Int32(-count)) { return false }
            throw SystemError("list the extended attributes of", path: String(cString: path), code: Int32(-count))
        }
        var asksForExclusion = false
        for name in Array(buffer.prefix(count)).split(separator: 0) {
            guard name.withUnsafeBytes({ FileEntry.isRepresentable($0) }) else {
                leftOutAttributes += 1
                continue
            }
            if ExclusionAttribute.isExclusion(name) { asksForExclusion = true }
            let cName = name.map { CChar(bitPattern: $0) } + [0]
            let size = filling { cposix_get_attribute(path, cName, buffer.baseAddress, $0) }
            guard size >= 0 else {
                if Self.isTolerable(Int32(-size)) { continue }
                throw SystemError("read an extended attribute of", path: String(cString: path), code: Int32(-size))
            }
            // Duplicati stores no attributes without a value.
            guard size > 0 else { continue }
            attributes.append(Metadata.ExtendedAttribute(name: Array(name), value: Array(buffer.prefix(size))))
        }
        return asksForExclusion
    }

    /// Offers little space first, because the kernel reserves and clears as much as it is offered.
    ///
    /// The buffer's 64 KiB are the most that Linux lets a list or a value have.
    private func filling(_ call: (Int) -> Int) -> Int {
        let count = call(512)
        return count == -Int(ERANGE) ? call(buffer.count) : count
    }

    /// Whether an error means that there is no attribute for us, rather than that something is broken.
    private static func isTolerable(_ code: Int32) -> Bool {
        code == ENODATA || code == ENOTSUP || code == EPERM || code == EACCES
    }

    private func name(ofUser number: UInt32) -> [UInt8] {
        if let lastUser, lastUser.number == number { return lastUser.name }
        let name = names.name(ofUser: number)
        lastUser = (number, name)
        return name
    }

    private func name(ofGroup number: UInt32) -> [UInt8] {
        if let lastGroup, lastGroup.number == number { return lastGroup.name }
        let name = names.name(ofGroup: number)
        lastGroup = (number, name)
        return name
    }
}

extension FileEntry.Kind {
    /// The kind of entry that the store knows something found as.
    init(_ kind: WalkEntry.Kind) {
        switch kind {
        case .file: self = .file
        case .folder: self = .folder
        case .symlink: self = .symlink
        }
    }
}
