internal import CPosix
internal import Catalog
internal import Cryptography
internal import Glibc
internal import StoreFormat
internal import Support

/// Makes the folders, and decides about every file whose name is taken.
struct TargetPreparation {
    let request: RestoreRequest
    let version: CatalogVersion
    let settings: StoreSettings
    let catalog: Catalog
    let problems: ProblemLog
    let cancellation: Cancellation

    private struct Candidate {
        let file: Int
        let status: cposix_status
    }

    /// Changes `tree` to what is there and is to be done.
    func prepare(_ tree: inout RestoreTree, _ summary: inout RestoreSummary) throws(EngineError) {
        do {
            try makeBase(tree)
            try makeFolders(&tree, &summary)
            let handles = try FolderHandles(tree: tree, followsUnlisted: request.target == nil)
            let candidates = try findTaken(&tree, handles, &summary)
            try decide(candidates, &tree, handles, &summary)
        } catch {
            throw EngineError(error, doing: "prepare the target \(String(decoding: tree.base, as: UTF8.self))")
        }
    }

    /// Changes `tree` to what is there and would be done, and touches nothing.
    func inspect(_ tree: inout RestoreTree, _ summary: inout RestoreSummary) throws(EngineError) {
        do {
            let handles: FolderHandles
            do throws(SystemError) {
                handles = try FolderHandles(tree: tree, followsUnlisted: request.target == nil)
            } catch {
                guard error.code == ENOENT else { throw error }
                for index in tree.folders.indices { tree.folders[index].isNew = true }
                summary.folders = tree.folders.count { $0.isListed }
                return
            }
            try inspectFolders(&tree, handles, &summary)
            let candidates = try findTaken(&tree, handles, &summary)
            try decide(candidates, &tree, handles, &summary)
        } catch {
            throw EngineError(error, doing: "look at the target \(String(decoding: tree.base, as: UTF8.self))")
        }
    }

    // MARK: Folders

    private func inspectFolders(
        _ tree: inout RestoreTree, _ handles: FolderHandles, _ summary: inout RestoreSummary
    ) throws {
        for index in tree.folders.indices.dropFirst() {
            let folder = tree.folders[index]
            let parent = tree.folders[folder.parent]
            if parent.isBlocked || parent.isNew {
                tree.folders[index].isBlocked = parent.isBlocked
                tree.folders[index].isNew = parent.isNew
                continue
            }
            do throws(SystemError) {
                let handle = try handles.handle(folder.parent)
                var status = cposix_status()
                if withCString(folder.name, { cposix_status_at(handle, $0, &status) }) == ENOENT {
                    tree.folders[index].isNew = true
                } else {
                    _ = try handles.handle(index)
                }
            } catch {
                block(index, error, &tree, &summary)
            }
        }
        summary.folders = tree.folders.count { $0.isListed && !$0.isBlocked }
    }

    private func makeBase(_ tree: RestoreTree) throws {
        var path = String(decoding: tree.base, as: UTF8.self)
        if path.utf8.count > 1 { path.removeLast() }
        try FileTree.createFolder(path)
    }

    private func makeFolders(_ tree: inout RestoreTree, _ summary: inout RestoreSummary) throws {
        // Until they get their own metadata, nobody else may look into them.
        let mode: mode_t = request.metadata.contains(.permissions) ? 0o700 : 0o777
        let handles = try FolderHandles(tree: tree, followsUnlisted: request.target == nil)
        TemporaryNames.sweep(try handles.handle(0))
        for index in tree.folders.indices.dropFirst() {
            let folder = tree.folders[index]
            if tree.folders[folder.parent].isBlocked {
                tree.folders[index].isBlocked = true
                continue
            }
            do throws(SystemError) {
                let parent = try handles.handle(folder.parent)
                let mode = folder.isListed ? mode : 0o777
                if withCString(folder.name, { mkdirat(parent, $0, mode) }) == 0 {
                    tree.folders[index].isNew = true
                } else if errno != EEXIST {
                    throw SystemError(
                        "create folder", path: String(decoding: tree.path(ofFolder: index), as: UTF8.self))
                } else {
                    // What is there has to be a folder, not a link to one.
                    TemporaryNames.sweep(try handles.handle(index))
                }
            } catch {
                try Self.throwIfGeneral(error)
                block(index, error, &tree, &summary)
            }
        }
        summary.folders = tree.folders.count { $0.isListed && !$0.isBlocked }
    }

    private func block(
        _ index: Int, _ error: SystemError, _ tree: inout RestoreTree, _ summary: inout RestoreSummary
    ) {
        tree.folders[index].isBlocked = true
        summary.failed += 1
        let path = String(decoding: tree.path(ofFolder: index), as: UTF8.self)
        let isTaken = error.code == ENOTDIR || error.code == ELOOP
        problems.add(
            Problem(
                isTaken ? .leftAlone : .damaged, path,
                isTaken
                    ? "something that is no folder is in its place; nothing is restored below it"
                    : "cannot be made: \(error.message); nothing is restored below it"))
    }

    /// Some failures are not about one path: then the restore ends.
    static func throwIfGeneral(_ error: SystemError) throws {
        switch error.code {
        case ENOSPC, EDQUOT, EROFS, EIO, EMFILE, ENFILE, ENOMEM:
            throw EngineError.system(error, doing: "write to the target")
        default: return
        }
    }

    // MARK: Files

    /// Files whose names are taken; in folders that were just made there is none.
    private func findTaken(
        _ tree: inout RestoreTree, _ handles: FolderHandles, _ summary: inout RestoreSummary
    ) throws -> [Candidate] {
        var candidates: [Candidate] = []
        for index in tree.files.indices {
            let file = tree.files[index]
            let folder = tree.folders[Int(file.folder)]
            if folder.isBlocked {
                tree.files[index].action = .skip
                summary.failed += 1
            } else if !folder.isNew {
                let handle = try handles.handle(Int(file.folder))
                var status = cposix_status()
                let code = tree.withName(file) { cposix_status_at(handle, $0, &status) }
                if code == 0 { candidates.append(Candidate(file: index, status: status)) }
            }
        }
        return candidates
    }

    private func decide(
        _ candidates: [Candidate], _ tree: inout RestoreTree, _ handles: FolderHandles,
        _ summary: inout RestoreSummary
    ) throws {
        guard !candidates.isEmpty else { return }
        let files = tree.files
        let hashes = try catalog.read { reader in
            let contents = try reader.contents()
            return try candidates.map { try ExistingFile.expectedHash(files[$0.file].data, contents) }
        }
        let comparison = ExistingFile(settings: settings)
        var others: [(candidate: Candidate, hash: Digest?)] = []
        for (candidate, hash) in zip(candidates, hashes) {
            try cancellation.check()
            let file = tree.files[candidate.file]
            let handle = try handles.handle(Int(file.folder))
            if request.overwrite == .patch, try patch(candidate, &tree, handle, &summary) { continue }
            let isSame = tree.withName(file) { name in
                comparison.has(hash, size: file.size, name, in: handle, status: candidate.status)
            }
            if isSame {
                tree.files[candidate.file].action = .keep
                summary.unchangedFiles += 1
            } else if request.overwrite == .never {
                others.append((candidate, hash))
            } else {
                resolve(candidate, &tree, &summary)
            }
        }
        var names = tree.names(inFoldersOf: others.map(\.candidate.file))
        for other in others {
            let handle = try handles.handle(Int(tree.files[other.candidate.file].folder))
            rename(other.candidate, other.hash, comparison, handle, &names, &tree, &summary)
        }
    }

    /// Decides about a file of several blocks that may have some of them already; false for others.
    private func patch(
        _ candidate: Candidate, _ tree: inout RestoreTree, _ handle: Int32, _ summary: inout RestoreSummary
    ) throws -> Bool {
        let file = tree.files[candidate.file]
        guard case .content(let id) = file.data, candidate.status.mode & S_IFMT == S_IFREG else { return false }
        let descriptor = tree.withName(file) { openat(handle, $0, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) }
        guard descriptor >= 0 else { return false }
        let existing = FileDescriptor(owning: descriptor)
        // What has another name too would change under that one as well.
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_nlink == 1 else { return false }
        let present = try presentBlocks(of: id, in: existing)
        guard let present, present.count > 1 else { return false }
        if candidate.status.size == file.size, !present.contains(false) {
            tree.files[candidate.file].action = .keep
            summary.unchangedFiles += 1
        } else {
            tree.files[candidate.file].action = .patch
            tree.present[Int32(candidate.file)] = Set(present.indices.filter { present[$0] }.map { Int32($0) })
            summary.patchedFiles += 1
        }
        return true
    }

    /// Which blocks of a content are at their places in a file; nil when the store does not know them all.
    private func presentBlocks(of id: Int64, in file: borrowing FileDescriptor) throws -> [Bool]? {
        let hash = HashContext(settings.blockHash)
        var buffer = [UInt8](repeating: 0, count: settings.blockSize)
        let digests = try catalog.read { reader in
            let contents = try reader.contents()
            let lists = try contents.content(id).lists
            guard !lists.contains(where: \.blocks.isEmpty) else { return [Digest]() }
            return try lists.flatMap(\.blocks).map { try contents.block($0).digest }
        }
        guard !digests.isEmpty else { return nil }
        var present: [Bool] = []
        for digest in digests {
            try cancellation.check()
            let isPresent = try buffer.withUnsafeMutableBytes { room in
                let count = try file.read(into: room)
                return count > 0 && hash.hash(UnsafeRawBufferPointer(rebasing: room[..<count])) == digest
            }
            present.append(isPresent)
        }
        return present
    }

    /// Another file, or something else, has the name, and may have to go.
    private func resolve(_ candidate: Candidate, _ tree: inout RestoreTree, _ summary: inout RestoreSummary) {
        let modified = tree.files[candidate.file].modified / 1_000_000_000
        if request.overwrite == .newer, modified <= candidate.status.modified / 1_000_000_000 {
            leaveAlone(candidate, "a file of the same age or newer is in its place", &tree, &summary)
        } else if candidate.status.mode & S_IFMT == S_IFDIR {
            leaveAlone(candidate, "a folder is in its place", &tree, &summary)
        } else {
            tree.files[candidate.file].action = .replace
        }
    }

    private func leaveAlone(
        _ candidate: Candidate, _ reason: String, _ tree: inout RestoreTree, _ summary: inout RestoreSummary
    ) {
        let path = String(decoding: tree.path(tree.files[candidate.file]), as: UTF8.self)
        problems.add(Problem(.leftAlone, path, "is not restored: \(reason)"))
        tree.files[candidate.file].action = .skip
        summary.leftAlone += 1
    }

    /// Gives the restored file the version's date in its name, and a number if that is taken too, be it by what is
    /// there or by what else is going to be restored into the folder.
    private func rename(
        _ candidate: Candidate, _ hash: Digest?, _ comparison: ExistingFile, _ handle: Int32,
        _ names: inout [Int32: Set<[UInt8]>], _ tree: inout RestoreTree, _ summary: inout RestoreSummary
    ) {
        let file = tree.files[candidate.file]
        for attempt in -1..<100 {
            let name = ExistingFile.alternative(tree.name(file), date: version.time, attempt: attempt)
            if names[file.folder]?.contains(name) == true { continue }
            var status = cposix_status()
            let code = withCString(name) { cposix_status_at(handle, $0, &status) }
            let isFree = code == ENOENT
            guard
                isFree || withCString(name, { comparison.has(hash, size: file.size, $0, in: handle, status: status) })
            else { continue }
            names[file.folder]?.insert(name)
            let (start, count) = tree.store(name)
            tree.files[candidate.file].nameStart = start
            tree.files[candidate.file].nameCount = UInt16(clamping: count)
            tree.files[candidate.file].action = isFree ? .create : .keep
            if isFree { summary.renamedFiles += 1 } else { summary.unchangedFiles += 1 }
            return
        }
        leaveAlone(candidate, "all alternative names are taken as well", &tree, &summary)
    }
}
