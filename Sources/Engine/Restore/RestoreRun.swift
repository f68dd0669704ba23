internal import Catalog
internal import Cryptography
internal import Destinations
internal import Glibc
internal import StoreFormat
internal import Support
internal import Synchronization

/// Writes a version, or a part of it, back to a file system.
///
/// One thread fetches volumes ahead and reads the metadata in them, others unpack, verify and write. Nothing is given
/// its name before the hash of its content is right; whatever cannot be restored is named as a problem, and the rest
/// goes on.
public final class RestoreRun: Sendable {
    let session: StoreSession
    private let request: RestoreRequest
    private let problems: ProblemLog
    private let threads: Int

    /// A run; nothing is done yet.
    /// - Parameters:
    ///   - request: what is to be restored, and where to.
    ///   - session: the open store.
    ///   - problems: gets everything that cannot be restored as it was.
    ///   - threads: how many threads unpack and write; nil takes one for each processor, up to eight.
    public init(_ request: RestoreRequest, session: StoreSession, problems: ProblemLog, threads: Int? = nil) {
        self.request = request
        self.session = session
        self.problems = problems
        self.threads = max(1, threads ?? min(8, Processors.count))
    }

    /// Restores.
    /// - Returns: what was done; not everything asked for, when there are problems.
    /// - Throws: `.noSuchVersion`, `.nothingSelected`, `.archivedVolumes`, `.system` when the target cannot be written to
    ///   or is full, and what keeps the store from being read.
    public func run() throws(EngineError) -> RestoreSummary {
        do {
            return try restore()
        } catch {
            throw EngineError(error, doing: "restore")
        }
    }

    /// Says what ``run()`` would do, and changes nothing.
    ///
    /// - Parameter body: gets every file.
    /// - Returns: the sums.
    /// - Throws: `.noSuchVersion`, `.nothingSelected`, what keeps the store from being read, and what `body` throws.
    public func preview(_ body: (RestorePreview.Item) throws -> Void = { _ in }) throws(EngineError) -> RestorePreview {
        do {
            return try inspect(body)
        } catch {
            throw EngineError(error, doing: "look at the target")
        }
    }

    private func inspect(_ body: (RestorePreview.Item) throws -> Void) throws -> RestorePreview {
        var (version, tree, summary) = try layOut()
        try preparation(version).inspect(&tree, &summary)
        var preview = RestorePreview(version: version.time)
        for file in tree.files {
            let action: RestorePreview.Action =
                switch file.action {
                case .create: .create
                case .replace: .replace
                case .patch: .patch
                case .keep: .keep
                case .skip: .skip
                }
            preview.files[action, default: 0] += 1
            if action != .keep, action != .skip { preview.bytes &+= file.size }
            try body(RestorePreview.Item(action: action, path: tree.path(file), size: file.size))
        }
        preview.newFolders = tree.folders.count { $0.isListed && $0.isNew }
        preview.symlinks = tree.links.count
        preview.renamedFiles = summary.renamedFiles
        preview.failed = summary.failed
        let plan = try makePlan(tree)
        let sizes = try session.catalog.read { reader in
            Dictionary(uniqueKeysWithValues: try reader.volumes().map { ($0.id, $0.size) })
        }
        preview.volumes = plan.volumes.count
        preview.bytesToFetch = plan.volumes.reduce(0) { $0 &+ max(0, sizes[$1.id] ?? 0) }
        preview.lostBlocks = Set(plan.lost.map(\.block)).count
        return preview
    }

    /// The selection at its places below the target.
    func layOut() throws -> (version: CatalogVersion, tree: RestoreTree, summary: RestoreSummary) {
        let (version, selected) = try session.catalog.read { reader in
            let version = try request.version.resolve(try reader.versions())
            return (
                version, try RestoreSelection(reader, version: version, patterns: request.patterns)
            )
        }
        guard !selected.isEmpty else {
            throw EngineError.nothingSelected(request.patterns.map(\.text))
        }
        var summary = RestoreSummary(version: version.time)
        let prefix = prefix(of: selected)
        let (tree, refused) = TargetLayout.build(selected, prefix: prefix, base: try base(), problems: problems)
        summary.failed += refused
        return (version, tree, summary)
    }

    func preparation(_ version: CatalogVersion) -> TargetPreparation {
        TargetPreparation(
            request: request, version: version, settings: session.properties.settings, catalog: session.catalog,
            problems: problems, cancellation: session.store.cancellation)
    }

    private func restore() throws -> RestoreSummary {
        let progress = session.store.progress
        progress.phase = .restoring
        try refuseArchived()
        var (version, tree, summary) = try layOut()
        progress.setTotals(
            entries: tree.files.count + tree.links.count, bytes: Int(tree.files.reduce(0) { $0 &+ $1.size }))
        try preparation(version).prepare(&tree, &summary)
        let state = try makeState(consume tree)
        do {
            try writeContents(state)
        } catch {
            _ = try? removeUnfinished(state)
            throw error
        }
        let handles = try FolderHandles(tree: state.tree, followsUnlisted: request.target == nil)
        for index in try removeUnfinished(state) { state.fail(index, "some of its blocks are lost", .damaged) }
        guard state.forgotten == 0 else {
            throw CatalogError.inconsistent(
                path: session.catalog.path,
                detail: "it says nothing of the contents of \(Count(state.forgotten, "file"))")
        }
        for index in state.tree.links.indices { restore(link: index, state, handles, &summary) }
        applyFolderMetadata(state, handles)
        let totals = state.totals
        summary.restoredFiles = totals.restored
        summary.failed += totals.failed
        summary.bytes = totals.bytes
        return summary
    }

    // MARK: Plan

    /// The folder that the target stands for.
    private func prefix(of selection: RestoreSelection) -> [UInt8] {
        guard request.target != nil, !request.keepsWholePaths else { return [] }
        let common = selection.commonFolder()
        // Someone who asks for one folder of several wants to see its name.
        let asksForOne = request.patterns.count == 1 && selection.leftOut > 0
        guard asksForOne, selection.items.contains(where: { $0.kind == .folder && selection.path($0) == common })
        else { return common }
        return EntryPath.split(common).folder
    }

    private func base() throws -> [UInt8] {
        guard let target = request.target, target != "/" else { return [EntryPath.slash] }
        var path = Array(target.utf8)
        if path.first != EntryPath.slash {
            guard let folder = getcwd(nil, 0) else { throw SystemError("find the working folder") }
            path = Array(String(cString: folder).utf8) + [EntryPath.slash] + path
            free(folder)
        }
        while path.count > 1, path.last == EntryPath.slash { path.removeLast() }
        return path + [EntryPath.slash]
    }

    private func makeState(_ tree: consuming RestoreTree) throws -> RestoreState {
        let plan = try makePlan(tree)
        // Nothing more is read but the blocks of one volume after the other.
        session.catalog.releaseMemory()
        let applier =
            request.metadata.isEmpty
            ? nil
            : MetadataApplier(parts: request.metadata) { [problems] warning in
                problems.add(
                    Problem(.metadata, String(decoding: warning.path, as: UTF8.self), warning.description))
            }
        let settings = session.properties.settings
        return RestoreState(
            request: request, settings: settings, tree: tree, plan: plan,
            metadata: MetadataTable(plan: plan, settings: settings), applier: applier, problems: problems,
            progress: session.store.progress)
    }

    func makePlan(_ tree: RestoreTree) throws -> BlockPlan {
        let appliesMetadata = !request.metadata.isEmpty
        return try session.catalog.read { reader in
            try BlockPlan(reader, tree: tree) { entry in
                if tree.linkEntries.contains(entry) { return true }
                guard entry < tree.files.count else { return appliesMetadata }
                return appliesMetadata && tree.files[Int(entry)].action != .skip
            }
        }
    }

    // MARK: Contents

    private func writeContents(_ state: RestoreState) throws {
        for target in state.plan.incomplete {
            let use = BlockPlan.Use(block: 0, target: target, position: 0)
            state.giveUp(.init(use: use, volume: 0, reason: "the list of its blocks is lost"))
        }
        let writer = try ContentWriter(state, session)
        let handles = try FolderHandles(tree: state.tree, followsUnlisted: request.target == nil)
        for (index, file) in state.tree.files.enumerated() {
            let index = Int32(index)
            switch file.action {
            case .keep: state.describe(index, in: try handles.handle(Int(file.folder)))
            case .patch: if !state.hasFailed(index) { try writer.completePresent(index) }
            case .create, .replace: if file.data == .nothing { try createEmpty(index, file, state, writer) }
            case .skip: break
            }
        }
        try RestorePipeline(session: session, state: state, problems: problems, threads: threads).run()
        for index in state.metadata.waiting {
            state.reportLostMetadata(state.tree.source(state.tree.files[Int(index)]))
        }
    }

    private func createEmpty(
        _ index: Int32, _ file: RestoreTree.File, _ state: RestoreState, _ writer: ContentWriter
    ) throws {
        do throws(SystemError) {
            guard file.size == 0 else {
                return state.fail(index, "the store does not say where its content is", .damaged)
            }
            try writer.create(index, file, UnsafeRawBufferPointer(start: nil, count: 0))
        } catch {
            try TargetPreparation.throwIfGeneral(error)
            state.fail(index, "cannot be written: \(error.message)", .leftAlone)
        }
    }

    /// Removes the parts of files that never became complete, and returns those.
    private func removeUnfinished(_ state: RestoreState) throws -> [Int32] {
        let handles = try FolderHandles(tree: state.tree, followsUnlisted: request.target == nil)
        let unfinished = state.unfinished
        for index in unfinished where state.tree.files[Int(index)].action != .patch {
            let handle = try handles.handle(Int(state.tree.files[Int(index)].folder))
            unlinkat(handle, state.temporaryName(index), 0)
        }
        return unfinished
    }

    // MARK: Links and folders

    private func restore(
        link index: Int, _ state: RestoreState, _ handles: FolderHandles, _ summary: inout RestoreSummary
    ) {
        session.store.progress.addEntries(1)
        let link = state.tree.links[index]
        let path = state.tree.path(ofFolder: link.folder) + link.name
        let text = String(decoding: path, as: UTF8.self)
        guard !state.tree.folders[link.folder].isBlocked else {
            summary.failed += 1
            return
        }
        guard case .known(let bytes) = state.metadata.take(state.tree.entry(ofLink: index)),
            let metadata = try? MetadataBlob.decode(bytes), let target = metadata.symlinkTarget
        else {
            summary.failed += 1
            problems.add(Problem(.damaged, text, "is not restored: what the link points to is lost"))
            return
        }
        do throws(SystemError) {
            let handle = try handles.handle(link.folder)
            guard try LinkWriter(overwrite: request.overwrite).make(link.name, to: target, in: handle) else {
                summary.leftAlone += 1
                problems.add(Problem(.leftAlone, text, "is not restored: something else is in its place"))
                return
            }
            summary.symlinks += 1
            state.applier?.apply(metadata, to: link.name, in: handle, path: path)
        } catch {
            summary.failed += 1
            problems.add(Problem(.leftAlone, text, "is not restored: \(error.message)"))
        }
    }

    /// Deepest first: a folder's time changes with everything that is made in it.
    private func applyFolderMetadata(_ state: RestoreState, _ handles: FolderHandles) {
        guard let applier = state.applier else { return }
        for index in state.tree.folders.indices.reversed() {
            let folder = state.tree.folders[index]
            guard folder.isListed, !folder.isBlocked, folder.metadata != .nothing else { continue }
            let path = state.tree.path(ofFolder: index)
            guard case .known(let bytes) = state.metadata.take(state.tree.entry(ofFolder: index)),
                let metadata = try? MetadataBlob.decode(bytes)
            else {
                state.reportLostMetadata(String(decoding: path, as: UTF8.self))
                continue
            }
            do throws(SystemError) {
                applier.apply(metadata, to: [], in: try handles.handle(index), path: path)
            } catch {
                problems.add(
                    Problem(
                        .metadata, String(decoding: path, as: UTF8.self),
                        "its owner, mode and times are not restored: \(error.message)"))
            }
        }
    }
}
