internal import CPosix
internal import Glibc
internal import Support

/// Reads one folder after the other on one thread, with buffers that it keeps.
final class FolderReader {
    private(set) var summary = WalkSummary()
    private let admission: EntryAdmission
    private let selector: EntrySelector?
    private var device: UInt64 = 0
    private let isCancelled: () -> Bool
    private let report: (WalkProblem) -> Void
    private let reachedSource: ([UInt8]) -> Void
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    private var found: [FoundName] = []
    private var foundNames: [UInt8] = []
    private var path: [UInt8] = []

    /// A folder's content, before anything else is known than what its listing tells.
    private struct FoundName {
        /// The first eight bytes of the name, which settle most comparisons.
        let key: UInt64
        let start: Int
        let count: Int
        let type: UInt8
    }

    init(
        admission: EntryAdmission, selector: EntrySelector? = nil, isCancelled: @escaping () -> Bool,
        report: @escaping (WalkProblem) -> Void, reachedSource: @escaping ([UInt8]) -> Void
    ) {
        self.admission = admission
        self.selector = selector
        self.isCancelled = isCancelled
        self.report = report
        self.reachedSource = reachedSource
    }

    deinit { buffer.deallocate() }

    /// Reads a source: the listing that presents it, and the folders to go on with.
    func read(source: [UInt8]) -> (listing: FolderListing, subfolders: PendingFolders.Subfolders)? {
        guard !admission.isOwn(source: source) else { return nil }
        let nameStart = (source.lastIndex(of: UInt8(ascii: "/")) ?? 0) + 1
        let parent = source.count == 1 ? [] : Array(source[..<nameStart])
        let name = source[min(nameStart, source.count)...]
        guard source.withUnsafeBufferPointer({ UTF8.isText($0) }) else {
            problem(.invalidName, source)
            return nil
        }
        var status = cposix_status()
        var leads = false
        do throws(SystemError) {
            let code = try SystemPath.with(source) { path in
                leads = cposix_leads_to_folder(AT_FDCWD, path) == 1
                return cposix_status_at(AT_FDCWD, path, &status)
            }
            guard code == 0 else { throw SystemError("stat", code: code) }
        } catch {
            problem(.source, source, error.code)
            return nil
        }
        if followsLinks { follow(source, &status) }
        guard let kind = WalkEntry.Kind(mode: status.mode) else {
            summary.special += 1
            problem(.unsupportedSource, source)
            return nil
        }
        if kind != .folder, let shard = selector?.policy.shard, !shard.takes(source) { return nil }
        let entry = WalkEntry(
            status, kind: kind, leadsToFolder: kind == .symlink && leads, nameStart: 0, nameCount: name.count)
        summary.count(entry)
        var subfolders = PendingFolders.Subfolders(parent: parent)
        if kind == .folder { subfolders.names = name + [UInt8(ascii: "/")] }
        let listing = FolderListing(
            path: parent, names: name + [0], entries: [entry], isSource: true, isIncomplete: false,
            followsLinks: followsLinks)
        return (listing, subfolders)
    }

    private var followsLinks: Bool { selector?.policy.symlinks == .follow }

    /// Makes of the status of a source that is a link the one of what it leads to, if it leads anywhere.
    private func follow(_ source: [UInt8], _ status: inout cposix_status) {
        var target = cposix_status()
        let code = try? SystemPath.with(source) { cposix_target_status_at(AT_FDCWD, $0, &target) }
        if code == 0 { status = target }
    }

    /// Reads a folder, whose path ends with `/`.
    ///
    /// Returns what is stored of it, and the folders to go on with; `nil` when it cannot be opened.
    func read(folder: [UInt8]) -> (listing: FolderListing, subfolders: PendingFolders.Subfolders)? {
        var descriptor: Int32 = -1
        do throws(SystemError) {
            descriptor = try SystemPath.with(folder) {
                open($0, O_RDONLY | O_DIRECTORY | (followsLinks ? 0 : O_NOFOLLOW) | O_CLOEXEC)
            }
            guard descriptor >= 0 else { throw SystemError("open") }
        } catch {
            problem(.openFolder, folder, error.code)
            return nil
        }
        defer { close(descriptor) }
        guard !ExclusionAttribute.isPresent(on: descriptor) else {
            summary.excluded += 1
            return nil
        }
        if let selector, selector.policy.staysOnFileSystem {
            var status = cposix_status()
            if cposix_status_at(descriptor, "", &status) == 0 { device = status.device }
        }
        let code = readNames(descriptor, folder)
        if code != 0 { problem(.readFolder, folder, code) }
        return examine(folder, descriptor, isIncomplete: code != 0)
    }

    /// Fills `found` and `foundNames`, and returns 0 or the number of the error that ended the reading.
    private func readNames(_ descriptor: Int32, _ folder: [UInt8]) -> Int32 {
        found.removeAll(keepingCapacity: true)
        foundNames.removeAll(keepingCapacity: true)
        while !isCancelled() {
            let filled = cposix_read_folder(descriptor, buffer.baseAddress, buffer.count)
            guard filled > 0 else { return Int32(-filled) }
            var offset = 0
            while offset < filled {
                let entry = cposix_folder_entry_at(buffer.baseAddress, offset)
                offset = entry.next
                let bytes = UnsafeRawBufferPointer(
                    rebasing: buffer[entry.name_start..<entry.name_start + entry.name_count])
                addName(bytes.assumingMemoryBound(to: UInt8.self), type: entry.type, folder)
            }
        }
        return 0
    }

    private func addName(_ name: UnsafeBufferPointer<UInt8>, type: UInt8, _ folder: [UInt8]) {
        let dot = UInt8(ascii: ".")
        if name.first == dot, name.count == 1 || name.count == 2 && name[1] == dot { return }
        switch Int32(type) {
        case 1, 2, 6, 12:  // DT_FIFO, DT_CHR, DT_BLK, DT_SOCK
            summary.special += 1
            return
        default: break
        }
        guard UTF8.isText(name) else {
            problem(.invalidName, folder + Array(name))
            return
        }
        var key: UInt64 = 0
        for index in 0..<8 { key = key << 8 | (index < name.count ? UInt64(name[index]) : 0) }
        found.append(FoundName(key: key, start: foundNames.count, count: name.count, type: type))
        foundNames.append(contentsOf: name)
        foundNames.append(0)
    }

    private func examine(
        _ folder: [UInt8], _ descriptor: Int32, isIncomplete: Bool
    ) -> (listing: FolderListing, subfolders: PendingFolders.Subfolders) {
        var entries: [WalkEntry] = []
        var names: [UInt8] = []
        var subfolders = PendingFolders.Subfolders(parent: folder)
        entries.reserveCapacity(found.count)
        names.reserveCapacity(foundNames.count)
        path.removeAll(keepingCapacity: true)
        path += folder
        let limit = PathLimit(folder: folder)
        foundNames.withUnsafeBufferPointer { found in
            guard let base = found.baseAddress else { return }
            sortFound(base)
            for item in self.found {
                if isCancelled() { return }
                let name = UnsafeBufferPointer(start: base + item.start, count: item.count)
                guard let candidate = candidate(name, type: item.type, descriptor) else { continue }
                if let limit, !limit.admits(name, isFolder: candidate.kind == .folder || candidate.leadsToFolder) {
                    problem(.tooLong, folder + Array(name))
                    continue
                }
                if candidate.isStored {
                    let entry = WalkEntry(
                        candidate.status, kind: candidate.kind, leadsToFolder: candidate.leadsToFolder,
                        nameStart: names.count, nameCount: item.count)
                    summary.count(entry)
                    entries.append(entry)
                    names.append(contentsOf: name)
                    names.append(0)
                }
                if candidate.kind == .folder, candidate.isEntered {
                    subfolders.names.append(contentsOf: name)
                    subfolders.names.append(UInt8(ascii: "/"))
                }
            }
        }
        let listing = FolderListing(
            path: folder, names: names, entries: entries, isSource: false,
            isIncomplete: isIncomplete || isCancelled(), followsLinks: followsLinks)
        return (listing, subfolders)
    }

    private func sortFound(_ base: UnsafePointer<UInt8>) {
        found.sort { a, b in
            if a.key != b.key { return a.key < b.key }
            let order = memcmp(base + a.start, base + b.start, min(a.count, b.count))
            return order == 0 ? a.count < b.count : order < 0
        }
    }

    /// Looks at one name; `nil` when it is not part of the backup.
    ///
    /// What the rules exclude costs no system call.
    private func candidate(_ name: UnsafeBufferPointer<UInt8>, type: UInt8, _ descriptor: Int32) -> WalkCandidate? {
        guard let base = name.baseAddress else { return nil }
        let cName = UnsafeRawPointer(base).assumingMemoryBound(to: CChar.self)
        var status = cposix_status()
        var hasStatus = false
        var kind = WalkEntry.Kind(directoryEntryType: type)
        // A second round is only needed when the listing did not tell the type, or told a wrong one.
        while true {
            guard let current = kind ?? readStatus(cName, name, descriptor, &status) else { return nil }
            hasStatus = hasStatus || kind == nil
            let leads = current == .symlink && cposix_leads_to_folder(descriptor, cName) == 1
            let verdict = verdict(name, isFolder: current == .folder || leads)
            let isFolder = current == .folder || leads && followsLinks
            if verdict == .excluded || verdict == .traversed && !isFolder {
                summary.excluded += 1
                return nil
            }
            if !hasStatus {
                guard let actual = readStatus(cName, name, descriptor, &status) else { return nil }
                hasStatus = true
                if actual != current {
                    kind = actual
                    continue
                }
            }
            var candidate = WalkCandidate(
                status: status, kind: current, leadsToFolder: leads, isStored: verdict != .traversed)
            guard let selector else { return candidate }
            let place = WalkPlace(name: name, cName: cName, descriptor: descriptor, folder: path, device: device)
            return select(&candidate, selector, at: place, isSource: verdict == .source) ? candidate : nil
        }
    }

    /// Applies what the job asks for beyond its rules.
    private func select(
        _ candidate: inout WalkCandidate, _ selector: EntrySelector, at place: WalkPlace, isSource: Bool
    ) -> Bool {
        let isAdmitted =
            isSource
            ? selector.isInShard(place) && selector.resolve(&candidate, at: place)
            : selector.admits(&candidate, at: place)
        if isAdmitted {
            // A link that was met as a folder to look into, and is none.
            return candidate.isStored || candidate.kind == .folder
        }
        summary.excluded += 1
        return false
    }

    private func readStatus(
        _ cName: UnsafePointer<CChar>, _ name: UnsafeBufferPointer<UInt8>, _ descriptor: Int32,
        _ status: inout cposix_status
    ) -> WalkEntry.Kind? {
        let code = cposix_status_at(descriptor, cName, &status)
        guard code == 0 else {
            problem(code == ENOENT ? .vanished : .status, path + Array(name), code)
            return nil
        }
        guard let kind = WalkEntry.Kind(mode: status.mode) else {
            summary.special += 1
            return nil
        }
        return kind
    }

    @inline(__always)
    private func verdict(_ name: UnsafeBufferPointer<UInt8>, isFolder: Bool) -> EntryAdmission.Verdict {
        let length = path.count
        defer { path.removeLast(path.count - length) }
        path.append(contentsOf: name)
        if isFolder { path.append(UInt8(ascii: "/")) }
        let verdict = path.withUnsafeBufferPointer { admission.verdict($0) }
        if verdict == .source { reachedSource(isFolder ? path.dropLast() : path) }
        return verdict
    }

    private func problem(_ kind: WalkProblem.Kind, _ path: [UInt8], _ code: Int32 = 0) {
        summary.problems += 1
        report(WalkProblem(kind: kind, path: path, code: code))
    }
}

extension UTF8 {
    /// Whether bytes are well-formed UTF-8.
    fileprivate static func isText(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        if bytes.allSatisfy({ $0 < 0x80 }) { return true }
        return (try? UTF8Span(validating: bytes.span)) != nil
    }
}
