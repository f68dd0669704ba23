internal import CPosix
internal import Glibc
internal import Support

/// Says whether a path would be backed up, in the way in which a walk would find out.
public struct PathJudge: Sendable {
    private let sources: [[UInt8]]
    private let filter: FilterSet
    private let ownPaths: [[UInt8]]
    private let policy: WalkPolicy
    private let admission: EntryAdmission
    private let selector: EntrySelector

    /// A judge for one job.
    /// - Parameters:
    ///   - sources: absolute paths of files, folders or symbolic links.
    ///   - filter: what of their content is wanted.
    ///   - ownPaths: our own files and folders.
    ///   - policy: what is asked beyond the rules.
    public init(
        sources: [[UInt8]], filter: FilterSet, ownPaths: [[UInt8]] = [], policy: WalkPolicy = WalkPolicy()
    ) {
        let roots = SourceRoots(sources)
        self.sources = roots.outer + roots.nested
        self.filter = filter
        self.ownPaths = ownPaths
        self.policy = policy
        admission = EntryAdmission(filter: filter, ownPaths: ownPaths, nestedSources: [])
        selector = EntrySelector(policy, roots: roots.outer + roots.nested, filled: nil)
    }

    /// Judges an absolute path; one that ends with `/` is a folder also when it is not there.
    /// - Returns: the steps to the decision; `nil` for a relative path.
    public func judge(_ path: [UInt8]) -> PathJudgement? {
        guard let clean = SourceRoots.normalized(path) else { return nil }
        guard let source = sources.filter({ Self.contains($0, clean) }).max(by: { $0.count < $1.count }) else {
            let isAbove = sources.contains { Self.contains(clean, $0) }
            return PathJudgement(
                steps: [.init(path: clean, outcome: .leftOut, reason: isAbove ? .aboveSource : .outsideSources)],
                exists: Self.status(clean) != nil)
        }
        var way = Way(path: source, isFolder: clean.count > source.count || path.last == UInt8(ascii: "/"))
        start(&way)
        let rest = clean[min(source.count, clean.count)...].split(separator: UInt8(ascii: "/"))
        for (index, name) in rest.enumerated() where !way.isDecided {
            let isLast = index == rest.count - 1
            step(Array(name), isFolder: !isLast || path.last == UInt8(ascii: "/"), &way)
        }
        if !way.isDecided, way.exists { finish(&way, isSource: rest.isEmpty) }
        return PathJudgement(steps: way.steps, exists: way.exists)
    }

    // MARK: Steps

    /// How far the way to the path is known.
    private struct Way {
        var path: [UInt8]
        var isFolder: Bool
        var kind = WalkEntry.Kind.folder
        var isEntered = true
        var exists = true
        var steps: [PathJudgement.Step] = []
        var isDecided = false

        var shown: [UInt8] {
            let isShort = kind == .folder && path.last != UInt8(ascii: "/")
            return isShort ? path + [UInt8(ascii: "/")] : path
        }

        mutating func add(_ outcome: PathJudgement.Outcome, _ reason: PathJudgement.Reason) {
            steps.append(.init(path: shown, outcome: outcome, reason: reason))
            isDecided = outcome == .leftOut
        }
    }

    private func start(_ way: inout Way) {
        guard !admission.isOwn(source: way.path) else { return way.add(.leftOut, .ownFile) }
        if var status = Self.status(way.path) {
            if policy.symlinks == .follow, let target = Self.target(way.path) { status = target }
            guard let kind = WalkEntry.Kind(mode: status.mode) else {
                way.kind = .file
                return way.add(.leftOut, .special)
            }
            way.kind = kind
        } else {
            way.exists = false
            way.kind = way.isFolder ? .folder : .file
        }
        way.add(.stored, .source)
    }

    private func step(_ name: [UInt8], isFolder: Bool, _ way: inout Way) {
        switch way.kind {
        case .folder: break
        case .file: return way.add(.leftOut, .belowFile)
        case .symlink: return way.add(.leftOut, .belowSymlink)
        }
        guard way.isEntered else { return way.add(.leftOut, .otherFileSystem) }
        let folder = way.shown
        guard way.exists else { return missing(name, isFolder, in: folder, &way) }
        let follows = policy.symlinks == .follow ? 0 : O_NOFOLLOW
        let opened = try? SystemPath.with(folder) { path in
            let raw = open(path, O_RDONLY | O_DIRECTORY | follows | O_CLOEXEC)
            return raw >= 0 ? raw : -errno
        }
        guard let descriptor = opened, descriptor >= 0 else {
            return way.add(.leftOut, .unreadable(opened.map { -$0 } ?? ENAMETOOLONG))
        }
        defer { close(descriptor) }
        guard !ExclusionAttribute.isPresent(on: descriptor) else { return way.add(.leftOut, .exclusionAttribute) }
        examine(name, isFolder, descriptor, folder, &way)
    }

    /// What is not there can only be judged by its name.
    private func missing(_ name: [UInt8], _ isFolder: Bool, in folder: [UInt8], _ way: inout Way) {
        way.exists = false
        way.path = folder + name
        way.kind = isFolder ? .folder : .file
        let (outcome, reason) = rule(way.shown, isFolder: isFolder)
        guard outcome != .leftOut else { return way.add(outcome, reason) }
        if policy.leftOutAttributes.contains(.hidden), name.first == UInt8(ascii: ".") {
            return way.add(.leftOut, .attribute(.hidden))
        }
        way.add(outcome, reason)
    }

    private func examine(
        _ name: [UInt8], _ isFolder: Bool, _ descriptor: Int32, _ folder: [UInt8], _ way: inout Way
    ) {
        let cName = name + [0]
        cName.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { buffer in
                guard let base = buffer.baseAddress else { return }
                var status = cposix_status()
                let code = cposix_status_at(descriptor, base, &status)
                guard code != ENOENT else { return missing(name, isFolder, in: folder, &way) }
                way.path = folder + name
                way.kind = .file
                guard code == 0 else { return way.add(.leftOut, .unreadable(code)) }
                guard let kind = WalkEntry.Kind(mode: status.mode) else { return way.add(.leftOut, .special) }
                guard String(validating: name, as: UTF8.self) != nil else { return way.add(.leftOut, .notText) }
                let leads = kind == .symlink && cposix_leads_to_folder(descriptor, base) == 1
                way.kind = kind
                let plain = UnsafeBufferPointer(rebasing: bytes[..<name.count])
                if let limit = PathLimit(folder: folder), !limit.admits(plain, isFolder: kind == .folder || leads) {
                    return way.add(.leftOut, .tooLong)
                }
                let isPassable = kind == .folder || leads && policy.symlinks == .follow
                let path = leads ? way.path + [UInt8(ascii: "/")] : way.shown
                let (outcome, reason) = rule(path, isFolder: isPassable)
                guard outcome != .leftOut else { return way.add(outcome, reason) }
                var candidate = WalkCandidate(
                    status: status, kind: kind, leadsToFolder: leads, isStored: outcome == .stored)
                var device = cposix_status()
                _ = cposix_status_at(descriptor, "", &device)
                let place = WalkPlace(
                    name: plain, cName: base, descriptor: descriptor, folder: folder, device: device.device)
                if let refusal = selector.refusal(of: &candidate, at: place) {
                    return way.add(.leftOut, self.reason(refusal, at: place, status))
                }
                way.kind = candidate.kind
                way.isEntered = candidate.isEntered
                guard candidate.isStored || candidate.kind == .folder else { return way.add(.leftOut, .noInclude) }
                way.add(outcome, reason)
            }
        }
    }

    /// What else may be true of the path itself.
    private func finish(_ way: inout Way, isSource: Bool) {
        if Self.hasExclusionAttribute(way.path) {
            way.steps.removeLast()
            return way.add(.leftOut, .exclusionAttribute)
        }
        guard policy.leavesOutEmptyFolders, !isSource, way.kind == .folder, way.steps.last?.outcome == .stored else {
            return
        }
        var policy = policy
        policy.leavesOutEmptyFolders = false
        let walker = TreeWalker(sources: [way.path], filter: filter, ownPaths: ownPaths, policy: policy, threads: 1)
        let held = HeldFlag()
        _ = walker.walk(
            deliver: { listing in
                if listing.entries.contains(where: { $0.kind != .folder }) { held.set() }
                return !held.isSet
            }, report: { _ in })
        guard !held.isSet else { return }
        way.steps.removeLast()
        way.add(.leftOut, .empty)
    }

    // MARK: Reasons

    private func rule(_ path: [UInt8], isFolder: Bool) -> (PathJudgement.Outcome, PathJudgement.Reason) {
        let bare = path.last == UInt8(ascii: "/") ? Array(path.dropLast()) : path
        if admission.isOwn(source: bare) { return (.leftOut, .ownFile) }
        let verdict = filter.decide(path)
        switch (verdict.outcome, verdict.ruleIndex) {
        case (.included, let index): return (.stored, index.map { .rule($0) } ?? .noRule)
        case (.excluded, let index): return (.leftOut, index.map { .rule($0) } ?? .noInclude)
        case (.traversed, _): return (isFolder ? .lookedInto : .leftOut, .noInclude)
        }
    }

    private func reason(
        _ refusal: EntrySelector.Refusal, at place: WalkPlace, _ status: cposix_status
    ) -> PathJudgement.Reason {
        switch refusal {
        case .symlink: .symlink
        case .special: .special
        case .hardLink: .hardLink
        case .marker: .marker(selector.marker(at: place) ?? 0)
        case .cache: .cache
        case .attribute(let attribute): .attribute(attribute)
        case .empty: .empty
        case .size: .size(status.size)
        }
    }

    // MARK: The file system

    private static func status(_ path: [UInt8]) -> cposix_status? {
        var status = cposix_status()
        let code = try? SystemPath.with(path) { cposix_status_at(AT_FDCWD, $0, &status) }
        return code == 0 ? status : nil
    }

    private static func target(_ path: [UInt8]) -> cposix_status? {
        var status = cposix_status()
        let code = try? SystemPath.with(path) { cposix_target_status_at(AT_FDCWD, $0, &status) }
        return code == 0 ? status : nil
    }

    private static func hasExclusionAttribute(_ path: [UInt8]) -> Bool {
        var list = [UInt8](repeating: 0, count: 64 << 10)
        let count = try? SystemPath.with(path) { cposix_list_attributes($0, &list, list.count) }
        guard let count, count > 0 else { return false }
        return list.prefix(count).split(separator: 0).contains { ExclusionAttribute.isExclusion($0) }
    }

    private static func contains(_ folder: [UInt8], _ path: [UInt8]) -> Bool {
        guard path.starts(with: folder) else { return false }
        return folder.count == path.count || folder.count == 1 || path[folder.count] == UInt8(ascii: "/")
    }
}
