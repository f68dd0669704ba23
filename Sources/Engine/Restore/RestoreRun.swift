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
    private let session: StoreSession
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
    /// - Throws: `.noSuchVersion`, `.nothingSelected`, `.system` when the target cannot be written to or is full, and
    ///   what keeps the store from being read.
    public func run() throws(EngineError) -> RestoreSummary {
        do {
            return try restore()
        } catch {
            throw EngineError(error, doing: "restore")
        }
    }

    private func restore() throws -> RestoreSummary {
        let progress = session.store.progress
        progress.phase = .restoring
        let (version, selection) = try session.catalog.read { reader in
            let version = try request.version.resolve(try reader.versions())
            return (
                version, try RestoreSelection(reader, version: version.id, patterns: request.patterns)
            )
        }
        guard !selection.items.isEmpty else {
            throw EngineError.nothingSelected(request.patterns.map(\.text))
        }
        var summary = RestoreSummary(version: version.time)
        var (tree, refused) = TargetLayout.build(
            selection, prefix: prefix(of: selection), base: try base(), problems: problems)
        summary.failed += refused
        progress.setTotals(
            entries: tree.files.count + tree.links.count, bytes: Int(tree.files.reduce(0) { $0 &+ $1.size }))
        try TargetPreparation(
            request: request, version: version, settings: session.properties.settings, catalog: session.catalog,
            problems: problems, cancellation: session.store.cancellation
        ).prepare(&tree, &summary)
        let state = try makeState(tree)
        do {
            try writeContents(state)
        } catch {
            _ = try? removeUnfinished(state)
            throw error
        }
        let handles = try FolderHandles(tree: tree, followsUnlisted: request.target == nil)
        try finishFiles(state, handles)
        for index in try removeUnfinished(state) { state.fail(index, "some of its blocks are lost", .damaged) }
        guard state.forgotten == 0 else {
            throw CatalogError.inconsistent(
                path: session.catalog.path, detail: "it says nothing of \(state.forgotten) files' contents")
        }
        for link in tree.links { restore(link, state, handles, &summary) }
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

    private func makeState(_ tree: RestoreTree) throws -> RestoreState {
        let appliesMetadata = !request.metadata.isEmpty
        var uses = [Int32](repeating: 0, count: tree.metadata.count)
        for link in tree.links where link.metadata >= 0 { uses[Int(link.metadata)] += 1 }
        if appliesMetadata {
            for file in tree.files where file.metadata >= 0 && file.action != .skip { uses[Int(file.metadata)] += 1 }
            for folder in tree.folders where folder.metadata >= 0 { uses[Int(folder.metadata)] += 1 }
        }
        let plan = try session.catalog.read { reader in
            try BlockPlan(reader, tree: tree, neededMetadata: uses.map { $0 > 0 })
        }
        let applier =
            appliesMetadata
            ? MetadataApplier(parts: request.metadata) { [problems] warning in
                problems.add(
                    Problem(.metadata, String(decoding: warning.path, as: UTF8.self), warning.description))
            } : nil
        let settings = session.properties.settings
        return RestoreState(
            request: request, settings: settings, tree: tree, plan: plan,
            metadata: MetadataTable(plan: plan, usesLeft: uses, settings: settings), applier: applier,
            problems: problems, progress: session.store.progress)
    }

    // MARK: Contents

    private func writeContents(_ state: RestoreState) throws {
        for target in state.plan.incomplete { fail(target, "the list of its blocks is lost", state) }
        for block in state.plan.lost {
            for use in state.plan.uses(of: block) { fail(use.target, "no object has all of its blocks", state) }
        }
        let writer = try ContentWriter(state)
        for (index, file) in state.tree.files.enumerated() where file.data == .nothing {
            guard file.action == .create || file.action == .replace else { continue }
            do throws(SystemError) {
                guard file.size == 0 else {
                    state.fail(Int32(index), "the store does not say where its content is", .damaged)
                    continue
                }
                try writer.create(Int32(index), file, UnsafeRawBufferPointer(start: nil, count: 0))
            } catch {
                try TargetPreparation.throwIfGeneral(error)
                state.fail(Int32(index), "cannot be written: \(error.message)", .leftAlone)
            }
        }
        try RestorePipeline(session: session, state: state, problems: problems, threads: threads).run()
    }

    private func fail(_ target: Int32, _ reason: String, _ state: RestoreState) {
        if target >= 0 { state.fail(target, reason, .damaged) } else { state.metadata.fail(~target) }
    }

    /// Applies metadata that came after the content, and that of files that were there already.
    private func finishFiles(_ state: RestoreState, _ handles: FolderHandles) throws {
        for index in state.waiting { try finish(state.tree.files[Int(index)], state, handles) }
        if state.applier != nil {
            for file in state.tree.files where file.action == .keep { try finish(file, state, handles) }
        }
    }

    private func finish(_ file: RestoreTree.File, _ state: RestoreState, _ handles: FolderHandles) throws {
        state.applyMetadata(file, to: .inFolder(try handles.handle(Int(file.folder))), isLast: true)
    }

    /// Removes the parts of files that never became complete, and returns those.
    private func removeUnfinished(_ state: RestoreState) throws -> [Int32] {
        let handles = try FolderHandles(tree: state.tree, followsUnlisted: request.target == nil)
        let unfinished = state.unfinished
        for index in unfinished {
            let handle = try handles.handle(Int(state.tree.files[Int(index)].folder))
            unlinkat(handle, state.temporaryName(index), 0)
        }
        return unfinished
    }

    // MARK: Links and folders

    private func restore(
        _ link: RestoreTree.Link, _ state: RestoreState, _ handles: FolderHandles, _ summary: inout RestoreSummary
    ) {
        session.store.progress.addEntries(1)
        let path = state.tree.path(ofFolder: link.folder) + link.name
        let text = String(decoding: path, as: UTF8.self)
        guard !state.tree.folders[link.folder].isBlocked else {
            summary.failed += 1
            return
        }
        guard link.metadata >= 0, case .known(let metadata) = state.metadata.take(link.metadata),
            let target = metadata.symlinkTarget
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
            guard folder.isListed, !folder.isBlocked, folder.metadata >= 0 else { continue }
            let path = state.tree.path(ofFolder: index)
            guard case .known(let metadata) = state.metadata.take(folder.metadata) else {
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
