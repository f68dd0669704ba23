internal import CPosix
internal import Glibc
public import StoreFormat
internal import Support
internal import Synchronization

/// Gives restored files, folders and links their metadata.
///
/// The order matters: changing the owner clears set-user-ID bits and capabilities, setting an access list changes
/// permission bits, and all of these need an owner who may still write; the time comes last. So: owner, extended
/// attributes, permissions, modification time. A folder gets its metadata after everything in it.
///
/// Owners are restored by name; where the name is missing or unknown on this machine, by number. Set-user-ID and its
/// kin come back with the right owner only: under another one they would give away that one's rights. Metadata that
/// says nothing of them leaves them, except that a file that changes its owner loses them.
public final class MetadataApplier: Sendable {
    /// Which parts of the metadata are restored.
    public struct Parts: OptionSet, Sendable {
        /// The bits of the set.
        public let rawValue: UInt8

        /// Creates a set from its bits.
        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// Owner and group.
        public static let ownership = Parts(rawValue: 1)
        /// Extended attributes, among them access lists and capabilities.
        public static let extendedAttributes = Parts(rawValue: 2)
        /// Permission bits.
        public static let permissions = Parts(rawValue: 4)
        /// The time of the last change.
        public static let modified = Parts(rawValue: 8)
        /// Everything.
        public static let all: Parts = [.ownership, .extendedAttributes, .permissions, .modified]
    }

    private let parts: Parts
    private let names: OwnerNames
    private let report: @Sendable (MetadataWarning) -> Void
    private let refusals = Mutex<[Refusal: Int]>([:])

    /// What the system refuses to this user or file system once, it refuses for every file.
    private enum Refusal: Hashable {
        case ownership
        case attribute(namespace: [UInt8], code: Int32)
    }

    /// An applier for one run.
    /// - Parameters:
    ///   - parts: what to restore.
    ///   - names: the names of this machine.
    ///   - report: gets what could not be restored, on the thread that applies.
    public init(
        parts: Parts = .all, names: OwnerNames = OwnerNames(), report: @escaping @Sendable (MetadataWarning) -> Void
    ) {
        self.parts = parts
        self.names = names
        self.report = report
    }

    /// How many warnings were only counted because the first of their kind had been reported.
    public var unreportedWarnings: Int {
        refusals.withLock { $0.values.reduce(0) { $0 + $1 - 1 } }
    }

    /// Applies metadata to what is at a path; a symbolic link there is never followed.
    public func apply(_ metadata: Metadata, to path: [UInt8]) {
        apply(metadata, at: path, path: path)
    }

    /// Applies metadata to a name in an open folder, however the path to that folder may have changed since.
    ///
    /// An empty name is the folder itself; `path` is for messages.
    func apply(_ metadata: Metadata, to name: [UInt8], in folder: Int32, path: [UInt8]) {
        let start = Array("/proc/self/fd/\(folder)/".utf8)
        apply(metadata, at: start + (name.isEmpty ? [UInt8(ascii: ".")] : name), path: path)
    }

    private func apply(_ metadata: Metadata, at place: [UInt8], path: [UInt8]) {
        do throws(SystemError) {
            try SystemPath.with(place) { cPath in
                var status = cposix_status()
                let code = cposix_status_at(AT_FDCWD, cPath, &status)
                guard code == 0 else { return warn(.everything, path, code) }
                apply(metadata, to: Target(path: path, handle: .path(cPath), status: status))
            }
        } catch {
            warn(.everything, path, error.code)
        }
    }

    /// Applies metadata to an open regular file, which costs a fraction of finding it by its path; `path` is for
    /// messages.
    public func apply(_ metadata: Metadata, toOpen file: Int32, path: [UInt8]) {
        var status = stat()
        guard fstat(file, &status) == 0 else { return warn(.everything, path, errno) }
        var known = cposix_status()
        known.mode = status.st_mode
        known.user = status.st_uid
        known.group = status.st_gid
        apply(metadata, to: Target(path: path, handle: .open(file), status: known))
    }

    private func apply(_ metadata: Metadata, to target: Target) {
        let ownership = applyOwnership(metadata, to: target)
        applyAttributes(metadata, to: target)
        applyPermissions(metadata, to: target, ownership)
        applyModified(metadata, to: target)
    }

    private struct Target {
        let path: [UInt8]
        let handle: MetadataTarget
        let status: cposix_status

        var isLink: Bool { status.mode & S_IFMT == S_IFLNK }
        var isFolder: Bool { status.mode & S_IFMT == S_IFDIR }
    }

    private enum OwnershipOutcome {
        /// The entry has the owner that was stored, and had it before.
        case kept
        /// The entry has the owner that was stored, and had another before.
        case changed
        /// The entry has another owner than the one stored.
        case refused
    }

    private func applyOwnership(_ metadata: Metadata, to target: Target) -> OwnershipOutcome {
        guard parts.contains(.ownership), let stored = metadata.ownership else { return .refused }
        let user = metadata.ownerName.isEmpty ? stored.uid : names.user(named: metadata.ownerName) ?? stored.uid
        let group = metadata.groupName.isEmpty ? stored.gid : names.group(named: metadata.groupName) ?? stored.gid
        if user == target.status.user, group == target.status.group { return .kept }
        if target.handle.setOwner(user, group) == 0 { return .changed }
        let code = errno
        // Whoever is not root may still hand a file of theirs to another of their groups.
        let changedGroup =
            code == EPERM && group != target.status.group && target.handle.setOwner(.max, group) == 0
        if changedGroup, user == target.status.user { return .changed }
        if code != EPERM || isFirst(.ownership) { warn(.ownership(user: user, group: group), target.path, code) }
        return .refused
    }

    private func applyAttributes(_ metadata: Metadata, to target: Target) {
        guard parts.contains(.extendedAttributes) else { return }
        // Metadata without an owner comes from another system and says nothing about attributes.
        if metadata.ownership != nil { removeAttributes(except: metadata.extendedAttributes, from: target) }
        for attribute in metadata.extendedAttributes {
            let cName = attribute.name.map { CChar(bitPattern: $0) } + [0]
            let code = target.handle.setAttribute(cName, attribute.value)
            if code == 0 { continue }
            let namespace = Array(attribute.name.prefix { $0 != UInt8(ascii: ".") })
            let isGeneral = code == EPERM || code == ENOTSUP
            if !isGeneral || isFirst(.attribute(namespace: namespace, code: code)) {
                warn(.extendedAttribute(attribute.name), target.path, code)
            }
        }
    }

    /// Removes users' attributes and access lists that the entry did not have, such as those inherited from a folder.
    private func removeAttributes(except wanted: [Metadata.ExtendedAttribute], from target: Target) {
        let size = target.handle.listAttributes(nil, 0)
        guard size > 0 else { return }
        var list = [UInt8](repeating: 0, count: size)
        let count = target.handle.listAttributes(&list, size)
        guard count > 0 else { return }
        for name in list.prefix(count).split(separator: 0) {
            let isOurs = ["user.", "system.posix_acl_"].contains { name.starts(with: $0.utf8) }
            guard isOurs, !wanted.contains(where: { name.elementsEqual($0.name) }) else { continue }
            let code = target.handle.removeAttribute(name.map { CChar(bitPattern: $0) } + [0])
            if code != 0, code != ENODATA { warn(.extendedAttribute(Array(name)), target.path, code) }
        }
    }

    private func applyPermissions(_ metadata: Metadata, to target: Target, _ ownership: OwnershipOutcome) {
        guard parts.contains(.permissions), !target.isLink else { return }
        var keptBits = ownership == .changed && !target.isFolder ? 0 : target.status.mode & 0o7000
        if metadata.specialBits != 0, ownership != .refused || target.isFolder {
            keptBits = metadata.specialBits << 9
        }
        let mode: UInt32
        if let stored = metadata.ownership {
            mode = stored.permissions | keptBits
        } else if let attributes = metadata.attributes, attributes.contains(.readOnly), !target.isFolder {
            mode = target.status.mode & 0o7555
        } else {
            return
        }
        if target.handle.setMode(mode) != 0 { warn(.permissions, target.path, errno) }
    }

    private func applyModified(_ metadata: Metadata, to target: Target) {
        guard parts.contains(.modified), let modified = metadata.modified else { return }
        let code = target.handle.setModified(modified.seconds, Int64(modified.nanoseconds))
        if code != 0 { warn(.modified, target.path, code) }
    }

    private func isFirst(_ refusal: Refusal) -> Bool {
        refusals.withLock { counts in
            counts[refusal, default: 0] += 1
            return counts[refusal] == 1
        }
    }

    private func warn(_ kind: MetadataWarning.Kind, _ path: [UInt8], _ code: Int32) {
        report(MetadataWarning(kind: kind, path: path, code: code))
    }
}
