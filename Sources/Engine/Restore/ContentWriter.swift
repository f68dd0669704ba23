internal import CPosix
internal import Catalog
internal import Cryptography
internal import Glibc
internal import StoreFormat
internal import Support

/// Writes the files of a restore; one for each worker thread.
///
/// A file of one block is made without a name when the block has been verified. A longer one, or one that replaces
/// another, gets a temporary name in the same folder. Each gets its own name once it is whole and right, so that a
/// program that is killed leaves nothing half under a name that somebody trusts.
final class ContentWriter {
    private let shared: RestoreState
    private let tree: RestoreTree
    private let handles: FolderHandles
    private let reader: BlockReader
    private let session: StoreSession
    private var buffer: [UInt8]
    private let fileHash: HashContext
    private let mode: mode_t
    /// The long file that got the last block, still open.
    private var current: LongFileOutput?
    /// Whether files can be made without names, as far as known.
    private var makesNameless = true

    init(_ shared: RestoreState, _ session: StoreSession) throws(SystemError) {
        self.shared = shared
        tree = shared.tree
        handles = try FolderHandles(tree: tree, followsUnlisted: shared.request.target == nil)
        reader = BlockReader(settings: shared.settings)
        fileHash = HashContext(shared.settings.fileHash)
        buffer = [UInt8](repeating: 0, count: shared.settings.blockSize)
        self.session = session
        mode = shared.request.metadata.contains(.permissions) ? 0o600 : 0o666
    }

    // MARK: Blocks

    /// Writes some neighbouring blocks to every file that needs them, and reads metadata in them before that.
    func restore(_ blocks: ArraySlice<VolumeJob.Block>, of job: VolumeJob) throws {
        for block in blocks {
            // Metadata sorts first: its targets are negative.
            guard job.plan.uses[block.uses.lowerBound].target < 0 else { continue }
            try read(block, job, metadata: true) { bytes, use in try receive(bytes, use) }
        }
        for block in blocks {
            guard job.plan.uses[block.uses.upperBound - 1].target >= 0 else { continue }
            try read(block, job, metadata: false) { bytes, use in try write(bytes, to: use) }
        }
    }

    private func read(
        _ block: VolumeJob.Block, _ job: VolumeJob, metadata isMetadata: Bool,
        _ body: (UnsafeRawBufferPointer, BlockPlan.Use) throws -> Void
    ) throws {
        let uses = job.plan.uses[block.uses]
        // What goes into long files only is verified with them, by the hash of the file.
        let isVerifiedLater =
            !job.plan.isRetry
            && uses.allSatisfy { use in
                use.target >= 0 && (shared.plan.longContent(use.target)?.count ?? 1) > 1
            }
        do {
            try job.source.withBlock(block.digest, reader, checksHash: !isVerifiedLater) { bytes in
                for use in uses where (use.target < 0) == isMetadata { try body(bytes, use) }
            }
        } catch let error as StoreFormatError {
            switch error.kind {
            case .localFile, .noSpace: throw EngineError.format(error)
            default: break
            }
            let reason = "\(job.source.name) \(EngineError.format(error).faultOfObject)"
            shared.miss(uses.filter { ($0.target < 0) == isMetadata }, in: job.volume, reason)
        }
    }

    /// Lets go of the volume that the last blocks were in.
    func leaveVolume() { reader.close() }

    private func receive(_ bytes: UnsafeRawBufferPointer, _ use: BlockPlan.Use) throws {
        let entry = ~use.target
        guard let whole = shared.metadata.receive(bytes, entry: entry, position: use.position) else { return }
        // Only files wait; links and folders are made in the end.
        let file = tree.files[Int(entry)]
        do throws(SystemError) {
            shared.apply(whole, file, to: .inFolder(try handles.handle(Int(file.folder))))
        } catch {
            try TargetPreparation.throwIfGeneral(error)
            shared.reportLostMetadata(tree.source(file))
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, to use: BlockPlan.Use) throws {
        guard !shared.hasFailed(use.target) else { return }
        let file = tree.files[Int(use.target)]
        do {
            let whole = shared.plan.longContent(use.target)
            if let whole, whole.count > 1 {
                try write(bytes, at: use, of: file, whole)
            } else {
                guard Int64(bytes.count) == file.size else {
                    shared.fail(use.target, "its block has \(bytes.count) bytes instead of \(file.size)", .damaged)
                    return
                }
                if let whole, fileHash.hash(bytes) != whole.hash {
                    shared.fail(use.target, "the hash of its content is not the recorded one", .damaged)
                    return
                }
                try create(use.target, file, bytes)
            }
        } catch let error as SystemError {
            try TargetPreparation.throwIfGeneral(error)
            shared.fail(use.target, "cannot be written: \(error.message)", .leftAlone)
        }
    }

    // MARK: Files of one block, and empty ones

    /// Makes a file with verified content.
    func create(_ index: Int32, _ file: RestoreTree.File, _ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        let folder = try handles.handle(Int(file.folder))
        if file.action == .create, makesNameless, try createNameless(index, file, bytes, in: folder) { return }
        let temporary = shared.temporaryName(index)
        let isDescribed = try make(temporary, for: index, in: folder, bytes)
        try publish(index, file, temporary, in: folder, isDescribed: isDescribed)
    }

    /// Makes a file that has no name before it has its content.
    /// - Returns: false where the file system cannot do that, or /proc is missing.
    private func createNameless(
        _ index: Int32, _ file: RestoreTree.File, _ bytes: UnsafeRawBufferPointer, in folder: Int32
    ) throws(SystemError) -> Bool {
        let descriptor = openat(folder, ".", CPOSIX_O_TMPFILE | O_WRONLY | O_CLOEXEC, mode)
        // Should it be another fault than that, the other way meets it too and reports it.
        guard descriptor >= 0 else {
            makesNameless = false
            return false
        }
        defer { close(descriptor) }
        try fill(descriptor, bytes, file)
        guard tree.withName(file, { cposix_name_open_file(descriptor, folder, $0) }) == 0 else {
            if errno == EEXIST { throw failure("create", file) }
            makesNameless = false
            return false
        }
        shared.finish(index, isDescribed: shared.describe(index, open: descriptor), in: folder)
        return true
    }

    private func make(
        _ name: String, for index: Int32, in folder: Int32, _ bytes: UnsafeRawBufferPointer
    ) throws(SystemError) -> Bool {
        let descriptor = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw SystemError("create", path: name) }
        let file = FileDescriptor(owning: descriptor, path: name)
        do throws(SystemError) {
            try fill(file.raw, bytes, tree.files[Int(index)])
            return shared.describe(index, open: descriptor)
        } catch {
            unlinkat(folder, name, 0)
            throw error
        }
    }

    private func fill(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, _ file: RestoreTree.File)
        throws(SystemError)
    {
        if shared.request.isSparse {
            try SparseWriter.setSize(Int64(bytes.count), of: descriptor)
            return try SparseWriter.write(bytes, to: descriptor, at: 0)
        }
        var rest = bytes
        while let base = rest.baseAddress, rest.count > 0 {
            let count = Glibc.write(descriptor, base, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("write", file)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    private func failure(_ operation: String, _ file: RestoreTree.File) -> SystemError {
        let code = errno
        return SystemError(operation, path: String(decoding: tree.path(file), as: UTF8.self), code: code)
    }

    // MARK: Files of several blocks

    private func write(
        _ bytes: UnsafeRawBufferPointer, at use: BlockPlan.Use, of file: RestoreTree.File,
        _ content: BlockPlan.LongContent
    ) throws {
        let offset = Int64(use.position) * Int64(shared.settings.blockSize)
        let wanted = min(Int64(shared.settings.blockSize), file.size - offset)
        guard Int64(bytes.count) == wanted else {
            shared.fail(use.target, "one of its blocks has \(bytes.count) bytes instead of \(wanted)", .damaged)
            return
        }
        // Known before it is made: should its first block find no room, somebody has to remove it.
        let long = shared.longFile(use.target, content)
        let output = try open(use.target, file)
        try advance(use.target, file, long, use.position, bytes) {
            if shared.request.isSparse, file.action != .patch {
                try SparseWriter.write(bytes, to: output.descriptor, at: offset)
            } else {
                try output.put(bytes, at: offset)
            }
        }
    }

    /// Completes files that are patched and lack nothing but their length.
    func completePresent(_ index: Int32) throws {
        let file = tree.files[Int(index)]
        guard let content = shared.plan.longContent(index) else { return }
        do {
            let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
            try advance(index, file, shared.longFile(index, content), nil, nothing) {}
        } catch let error as SystemError {
            try TargetPreparation.throwIfGeneral(error)
            shared.fail(index, "cannot be written: \(error.message)", .leftAlone)
        }
    }

    private func advance(
        _ index: Int32, _ file: RestoreTree.File, _ long: LongFile, _ position: Int32?, _ bytes: UnsafeRawBufferPointer,
        put: () throws -> Void
    ) throws {
        let hash = try long.write(position, bytes, put: put) { position, hash in
            if shared.early.take(index, position, { hash.update($0) }) { return }
            try readBack(position, index, file) { hash.update($0) }
        } early: {
            if let position { shared.early.keep(bytes, of: index, at: position) }
        }
        guard let hash else { return }
        let descriptor = try open(index, file).descriptor
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("read", file) }
        if Int64(status.st_size) != file.size, ftruncate(descriptor, off_t(file.size)) != 0 {
            throw failure("set the length of", file)
        }
        guard hash == long.content.hash, Int64(status.st_size) >= file.size else {
            return try findFault(index, file, long)
        }
        try complete(index, file, descriptor)
    }

    private func readBack(
        _ position: Int32, _ index: Int32, _ file: RestoreTree.File, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws {
        let output = try open(index, file)
        let offset = Int64(position) * Int64(shared.settings.blockSize)
        let wanted = Int(min(Int64(shared.settings.blockSize), max(0, file.size - offset)))
        try buffer.withUnsafeMutableBytes { room in
            let count = try output.read(into: UnsafeMutableRawBufferPointer(rebasing: room[..<wanted]), at: offset)
            body(UnsafeRawBufferPointer(rebasing: room[..<count]))
        }
    }

    /// Looks which blocks of a written file are not what they should be; they may be right somewhere else.
    private func findFault(_ index: Int32, _ file: RestoreTree.File, _ long: LongFile) throws {
        guard case .content(let id) = file.data else { return }
        let (content, digests) = try session.catalog.read { reader in
            let contents = try reader.contents()
            let blocks = try contents.content(id).lists.flatMap(\.blocks)
            return (blocks, try blocks.map { try contents.block($0).digest })
        }
        var wrong: [Int32] = []
        for position in 0..<long.content.count {
            try readBack(position, index, file) { bytes in
                if reader.hash.hash(bytes) != digests[Int(position)] { wrong.append(position) }
            }
        }
        // Right blocks and a wrong whole: the store contradicts itself.
        guard !wrong.isEmpty else {
            discard(index, file)
            return shared.fail(index, "the hash of its content is not the recorded one", .damaged)
        }
        long.restart(without: wrong)
        let volumes = try session.catalog.read { reader in
            let contents = try reader.contents()
            return try wrong.map { try contents.block(content[Int($0)]).volume }
        }
        for (position, volume) in zip(wrong, volumes) {
            let use = BlockPlan.Use(block: content[Int(position)], target: index, position: position)
            shared.miss([use], in: volume, "the hash of one of its blocks is not the recorded one")
        }
    }

    private func discard(_ index: Int32, _ file: RestoreTree.File) {
        guard file.action != .patch, let folder = try? handles.handle(Int(file.folder)) else { return }
        unlinkat(folder, shared.temporaryName(index), 0)
    }

    private func open(_ index: Int32, _ file: RestoreTree.File) throws(SystemError) -> LongFileOutput {
        if let current, current.index == index { return current }
        current = nil
        let folder = try handles.handle(Int(file.folder))
        let flags = O_RDWR | O_NOFOLLOW | O_CLOEXEC
        var descriptor: Int32
        if file.action == .patch {
            descriptor = tree.withName(file) { openat(folder, $0, flags) }
        } else {
            let name = shared.temporaryName(index)
            descriptor = openat(folder, name, flags)
            // Both workers may have the file's first block at the same time; whoever comes second finds it made.
            if descriptor < 0, errno == ENOENT { descriptor = openat(folder, name, flags | O_CREAT, mode) }
        }
        guard descriptor >= 0 else { throw failure("create", file) }
        let isLarge = file.size >= DirectWriting.leastSize && file.action != .patch
        let path = String(decoding: tree.path(file), as: UTF8.self)
        let output = LongFileOutput(index, owning: descriptor, path: path, direct: isLarge ? shared.direct : nil)
        current = output
        if shared.request.isSparse, file.action != .patch { try SparseWriter.setSize(file.size, of: descriptor) }
        return output
    }

    /// Gives a file that was verified its metadata and its name.
    private func complete(_ index: Int32, _ file: RestoreTree.File, _ descriptor: Int32) throws(SystemError) {
        let folder = try handles.handle(Int(file.folder))
        let isDescribed = shared.describe(index, open: descriptor)
        if file.action == .patch {
            shared.finish(index, isDescribed: isDescribed, in: folder)
        } else {
            try publish(index, file, shared.temporaryName(index), in: folder, isDescribed: isDescribed)
        }
        current = nil
    }

    /// Gives a complete file its name; nothing that came there meanwhile is replaced unless that was asked for.
    private func publish(
        _ index: Int32, _ file: RestoreTree.File, _ temporary: String, in folder: Int32, isDescribed: Bool
    ) throws(SystemError) {
        let status = tree.withName(file) { name in
            file.action == .replace
                ? renameat(folder, temporary, folder, name) : renameWithoutReplacing(folder, temporary, name)
        }
        guard status == 0 else {
            let error = failure("rename", file)
            unlinkat(folder, temporary, 0)
            throw error
        }
        shared.finish(index, isDescribed: isDescribed, in: folder)
    }

    private func renameWithoutReplacing(_ folder: Int32, _ name: String, _ newName: UnsafePointer<CChar>) -> Int32 {
        let status = cposix_rename_without_replacing(folder, name, newName)
        guard status != 0, errno == EINVAL || errno == ENOSYS else { return status }
        // A file system that cannot promise it: a link never replaces either.
        if linkat(folder, name, folder, newName, 0) == 0 { return unlinkat(folder, name, 0) }
        guard errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS else { return -1 }
        // Nor has it links. What is there now is not replaced; this is as near as such a file system comes to it.
        var taken = cposix_status()
        guard cposix_status_at(folder, newName, &taken) == ENOENT else {
            errno = EEXIST
            return -1
        }
        return renameat(folder, name, folder, newName)
    }
}
