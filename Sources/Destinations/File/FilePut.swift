internal import Glibc
internal import Support

/// One put into a folder.
struct FilePut {
    let name: String
    let file: LocalFile
    let call: FileCall
    /// Whether the object may be another name of the same file.
    let mayLink: Bool
    let pace: FilePace?
    let onStep: @Sendable (PutStep) -> Void

    func run() throws(DestinationError) {
        try call.checkName()
        let source = try openSource()
        let folder = try call.openFolder()
        if try isStored(source, in: folder) { return }
        let part = PartFile.freshName()
        do throws(DestinationError) {
            try write(source, to: part, in: folder)
            let isPublished = try call.remote { () throws(SystemError) in try folder.publish(part, as: name) }
            guard isPublished else {
                // Somebody else was faster; that is fine when they stored the same.
                folder.discard(part)
                guard try isStored(source, in: folder) else { throw taken }
                return
            }
        } catch {
            folder.discard(part)
            throw error
        }
        onStep(.published)
        try call.remote { () throws(SystemError) in try folder.synchronize() }
        onStep(.durable)
    }

    private func openSource() throws(DestinationError) -> FileDescriptor {
        let source = try call.local { () throws(SystemError) in try FileDescriptor.open(file.path) }
        let size = try call.local { () throws(SystemError) in try source.size() }
        guard size == file.size else {
            throw call.failure(.localFile, "\(file.path) has \(size) bytes instead of \(file.size)")
        }
        return source
    }

    private func write(
        _ source: borrowing FileDescriptor, to part: String, in folder: borrowing Folder
    ) throws(DestinationError) {
        if mayLink, folder.link(file.path, as: part) {
            onStep(.partCreated)
            onStep(.partWritten)
            // It was written in its place before anybody counted.
            do throws(FileCopy.Failure) {
                try pace?.spend(Int(file.size))
            } catch {
                throw call.failure(error, source: .local)
            }
            try call.local { () throws(SystemError) in try source.synchronize() }
            onStep(.partDurable)
            return
        }
        let target = try call.remote { () throws(SystemError) in try folder.createFile(part) }
        onStep(.partCreated)
        do throws(FileCopy.Failure) {
            try FileCopy.copy(from: source, to: target, count: file.size, pace: pace)
        } catch {
            throw call.failure(error, source: .local)
        }
        onStep(.partWritten)
        let size = try call.remote { () throws(SystemError) in try target.size() }
        guard size == file.size else {
            throw call.failure(.corrupt, "\(size) bytes arrived instead of \(file.size)")
        }
        try call.remote { () throws(SystemError) in try target.synchronize() }
        onStep(.partDurable)
    }

    /// Whether the name holds the same content already, durably; other content is an error.
    private func isStored(
        _ source: borrowing FileDescriptor, in folder: borrowing Folder
    ) throws(DestinationError) -> Bool {
        let status = try call.remote { () throws(SystemError) in try folder.status(of: name) }
        guard let status else { return false }
        guard status.isFile, status.size == file.size else { throw taken }
        let stored = try call.remote { () throws(SystemError) in try folder.openForReading(name) }
        do throws(FileCopy.Failure) {
            guard try FileCopy.isEqual(source, stored, count: file.size) else { throw .wrongLength }
        } catch .wrongLength {
            throw taken
        } catch {
            throw call.failure(error, source: .local)
        }
        // An earlier try may have been stopped after it published and before it synchronised.
        try call.remote { () throws(SystemError) in try stored.synchronize() }
        try call.remote { () throws(SystemError) in try folder.synchronize() }
        return true
    }

    private var taken: DestinationError {
        call.failure(.exists, "a file of this name with other content is there already")
    }
}
