internal import CPosix
internal import Glibc
internal import Support
internal import Synchronization

/// Decides, by a ``WalkPolicy``, about entries that the rules of the filter admit; one for each walk.
///
/// A walk without a policy has none and pays nothing. All checks only leave out, so their order among themselves and
/// with the rules changes no result, with one exception: Duplicati lets a path that the rules exclude count as the
/// first name of a file, whose content is then not stored at all. Here only what is stored counts.
final class EntrySelector: Sendable {
    let policy: WalkPolicy
    private let roots: [[UInt8]]
    private let markers: [[UInt8]]
    private let filled: Set<[UInt8]>?
    private let divided: Set<[UInt8]>
    /// How many files were larger than the policy allows.
    let tooLarge = Atomic<Int>(0)
    private let claimed = Mutex<Set<FileIdentity>>([])

    /// - Parameters:
    ///   - policy: what is asked.
    ///   - roots: the sources, without a slash at the end.
    ///   - divided: the sources that no other one contains, whose entries shards share out.
    ///   - filled: the paths of folders that hold something, with a slash at the end, when others are to be left out.
    init(_ policy: WalkPolicy, roots: [[UInt8]], divided: [[UInt8]] = [], filled: Set<[UInt8]>?) {
        self.policy = policy
        self.roots = roots
        self.filled = filled
        let slash = [UInt8(ascii: "/")]
        self.divided = policy.shard == nil ? [] : Set(divided.map { $0 == slash ? slash : $0 + slash })
        markers = policy.markers.map { Array($0.utf8) }
    }

    /// Why an entry does not stay.
    enum Refusal {
        case symlink
        case special
        case hardLink
        case marker
        case cache
        case attribute(WalkPolicy.Attribute)
        case empty
        case size
    }

    /// Whether an entry stays; may change what becomes of it.
    func admits(_ candidate: inout WalkCandidate, at place: WalkPlace) -> Bool {
        isInShard(place) && refusal(of: &candidate, at: place) == nil
    }

    /// Why an entry does not stay, if it does not; may change what becomes of it.
    func refusal(of candidate: inout WalkCandidate, at place: WalkPlace) -> Refusal? {
        if candidate.kind == .symlink {
            guard policy.symlinks != .ignore else { return .symlink }
            guard resolve(&candidate, at: place) else { return .special }
        }
        if policy.hardLinks == .none, candidate.kind == .file, candidate.status.links > 1 { return .hardLink }
        if candidate.kind == .folder {
            if marker(at: place) != nil { return .marker }
            if policy.leavesOutCaches, isCache(place) { return .cache }
        }
        if let attribute = leftOutAttribute(place) { return .attribute(attribute) }
        switch candidate.kind {
        case .folder:
            if let filled, !filled.contains(place.folder + Array(place.name) + [UInt8(ascii: "/")]) { return .empty }
            if policy.staysOnFileSystem, candidate.status.device != place.device { candidate.isEntered = false }
        case .file:
            if let largest = policy.largestFile, candidate.status.size > largest {
                tooLarge.add(1, ordering: .relaxed)
                return .size
            }
            if policy.hardLinks == .first, candidate.status.links > 1 {
                let isFirst = claimed.withLock { $0.insert(FileIdentity(candidate.status)).inserted }
                return isFirst ? nil : .hardLink
            }
        case .symlink: break
        }
        return nil
    }

    /// Whether an entry belongs to the shard; what is not directly in a source goes with the folder that it is in.
    func isInShard(_ place: WalkPlace) -> Bool {
        guard let shard = policy.shard, divided.contains(place.folder) else { return true }
        return shard.takes(place.name)
    }

    // MARK: Links

    /// Makes of a link what it leads to, when links are followed.
    /// - Returns: false when it leads to a device, socket or pipe.
    func resolve(_ candidate: inout WalkCandidate, at place: WalkPlace) -> Bool {
        guard candidate.kind == .symlink, policy.symlinks == .follow else { return true }
        var target = cposix_status()
        // What cannot be reached stays a link: then at least that is kept.
        guard cposix_target_status_at(place.descriptor, place.cName, &target) == 0 else { return true }
        guard let kind = WalkEntry.Kind(mode: target.mode) else { return false }
        if kind == .folder, isInside(FileIdentity(target), place.folder) { return true }
        candidate.status = target
        candidate.kind = kind
        candidate.leadsToFolder = false
        return true
    }

    /// Whether a folder is one of those that the walk is in: following a link to it would never end.
    private func isInside(_ target: FileIdentity, _ folder: [UInt8]) -> Bool {
        let slash = UInt8(ascii: "/")
        // With nested sources, the walk came here from the outermost.
        let start =
            roots.filter { root in
                folder.starts(with: root) && (root.count == 1 || folder[root.count] == slash)
            }.map(\.count).min() ?? 1
        for end in folder.indices where folder[end] == slash && max(end, 1) >= start {
            let path = end == 0 ? [slash] : Array(folder[..<end])
            var status = cposix_status()
            let code = try? SystemPath.with(path) { cposix_target_status_at(AT_FDCWD, $0, &status) }
            if code == 0, FileIdentity(status) == target { return true }
        }
        return false
    }

    // MARK: Marked folders

    /// Which of the marker files a folder has, if it has one.
    func marker(at place: WalkPlace) -> Int? {
        for (index, marker) in markers.enumerated() {
            var status = cposix_status()
            let code = with(place, marker) { cposix_status_at(place.descriptor, $0, &status) }
            if code == 0, status.mode & S_IFMT != S_IFDIR { return index }
        }
        return nil
    }

    private static let tagName = Array("CACHEDIR.TAG".utf8)
    private static let tagSignature = Array("Signature: 8a477f597d28d172789f06886806bc55".utf8)

    private func isCache(_ place: WalkPlace) -> Bool {
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
        let raw = with(place, Self.tagName) { openat(place.descriptor, $0, flags) }
        guard raw >= 0 else { return false }
        let file = FileDescriptor(owning: raw)
        var status = stat()
        guard fstat(raw, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        return withUnsafeTemporaryAllocation(byteCount: Self.tagSignature.count, alignment: 1) { buffer in
            (try? file.read(into: buffer)) == buffer.count && buffer.elementsEqual(Self.tagSignature)
        }
    }

    /// Calls `body` with the path of a file in the entry, from the folder that holds the entry.
    private func with<Result>(_ place: WalkPlace, _ file: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: place.name.count + file.count + 2) { buffer in
            var end = 0
            for byte in place.name {
                buffer[end] = CChar(bitPattern: byte)
                end += 1
            }
            buffer[end] = CChar(bitPattern: UInt8(ascii: "/"))
            for (index, byte) in file.enumerated() { buffer[end + 1 + index] = CChar(bitPattern: byte) }
            buffer[end + 1 + file.count] = 0
            // There is room for at least the slash and the zero byte.
            return buffer.baseAddress.map { body($0) } ?? body([0])
        }
    }

    // MARK: Attributes

    private func leftOutAttribute(_ place: WalkPlace) -> WalkPolicy.Attribute? {
        guard !policy.leftOutAttributes.isEmpty else { return nil }
        if policy.leftOutAttributes.contains(.hidden), place.name.first == UInt8(ascii: ".") { return .hidden }
        let isNoDump =
            policy.leftOutAttributes.contains(.nodump)
            && cposix_is_excluded_from_dumps(place.descriptor, place.cName) == 1
        return isNoDump ? .nodump : nil
    }
}
