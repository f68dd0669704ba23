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
    private let scratch: BlockScratch
    private let existing: ExistingFile
    private let fileHash: HashContext
    private let mode: mode_t
    /// The long file that got the last block, still open.
    private var current: (file: Int32, descriptor: Int32) = (-1, -1)
    /// Whether files can be made without names, as far as known.
    private var makesNameless = true

    init(_ shared: RestoreState) throws(SystemError) {
        self.shared = shared
        tree = shared.tree
        handles = try FolderHandles(tree: tree, followsUnlisted: shared.request.target == nil)
        scratch = BlockScratch(settings: shared.settings)
        existing = ExistingFile(settings: shared.settings)
        fileHash = HashContext(shared.settings.fileHash)
        mode = shared.request.metadata.contains(.permissions) ? 0o600 : 0o666
    }

    deinit {
        if current.descriptor >= 0 { close(current.descriptor) }
    }

    // MARK: Blocks

    /// Writes a block to every file that needs it.
    func restore(_ block: VolumeJob.Block, from volume: FetchedVolume) throws {
        do {
            try volume.reader.withBlock(block.digest, scratch: scratch) { bytes in
                for use in shared.plan.uses(of: block) where use.target >= 0 { try write(bytes, to: use) }
            }
        } catch let error as StoreFormatError {
            if error.kind == .localFile { throw EngineError.format(error) }
            let reason = "\(volume.reader.name) \(EngineError.format(error).faultOfObject)"
            for use in shared.plan.uses(of: block) where use.target >= 0 { shared.fail(use.target, reason, .damaged) }
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, to use: BlockPlan.Use) throws {
        guard !shared.hasFailed(use.target) else { return }
        let file = tree.files[Int(use.target)]
        do throws(SystemError) {
            let whole = shared.plan.fileHashes[use.target]
            if let whole, whole.count > 1 {
                try write(bytes, at: use, of: file)
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
        } catch {
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
        shared.finish(index, isDescribed: shared.describe(index, open: descriptor))
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
        _ bytes: UnsafeRawBufferPointer, at use: BlockPlan.Use, of file: RestoreTree.File
    ) throws(SystemError) {
        let offset = Int64(use.position) * Int64(shared.settings.blockSize)
        let wanted = min(Int64(shared.settings.blockSize), file.size - offset)
        guard Int64(bytes.count) == wanted else {
            shared.fail(use.target, "one of its blocks has \(bytes.count) bytes instead of \(wanted)", .damaged)
            return
        }
        let descriptor = try open(use.target, file)
        var done = shared.request.isSparse ? bytes.count : 0
        if shared.request.isSparse { try SparseWriter.write(bytes, to: descriptor, at: offset) }
        while let base = bytes.baseAddress, done < bytes.count {
            let count = pwrite(descriptor, base + done, bytes.count - done, off_t(offset) + off_t(done))
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("write", file)
            }
            done += count
        }
        guard shared.countBlock(use.target) else { return }
        try complete(use.target, file)
    }

    private func open(_ index: Int32, _ file: RestoreTree.File) throws(SystemError) -> Int32 {
        if current.file == index { return current.descriptor }
        if current.descriptor >= 0 { close(current.descriptor) }
        current = (-1, -1)
        let folder = try handles.handle(Int(file.folder))
        let flags = O_RDWR | O_NOFOLLOW | O_CLOEXEC
        let name = shared.temporaryName(index)
        var descriptor = openat(folder, name, flags)
        // Both workers may have the file's first block at the same time; whoever comes second finds it made.
        if descriptor < 0, errno == ENOENT { descriptor = openat(folder, name, flags | O_CREAT, mode) }
        guard descriptor >= 0 else { throw failure("create", file) }
        current = (index, descriptor)
        if shared.request.isSparse { try SparseWriter.setSize(file.size, of: descriptor) }
        return descriptor
    }

    /// Verifies the whole file as it was written, and gives it its name.
    private func complete(_ index: Int32, _ file: RestoreTree.File) throws(SystemError) {
        let descriptor = try open(index, file)
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw failure("read", file) }
        let written = FileDescriptor(owning: descriptor)
        current = (-1, -1)
        let folder = try handles.handle(Int(file.folder))
        let name = shared.temporaryName(index)
        guard try written.size() == file.size, try existing.digest(of: written) == shared.plan.fileHashes[index]?.hash
        else {
            unlinkat(folder, name, 0)
            shared.fail(index, "the hash of its content is not the recorded one", .damaged)
            return
        }
        let isDescribed = shared.describe(index, open: descriptor)
        try publish(index, file, name, in: folder, isDescribed: isDescribed)
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
        shared.finish(index, isDescribed: isDescribed)
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
