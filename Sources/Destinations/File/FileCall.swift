internal import Glibc
internal import Support

/// One call on a folder: what errors of the operating system mean in it.
struct FileCall {
    /// Which of the two files of a transfer.
    enum Side {
        case local
        case remote
    }

    let operation: DestinationError.Operation
    let object: String?
    let folder: String
    /// A file that has to be in the folder, or else it is the place where something is mounted at other times.
    let marker: String?

    private var label: String { "file://\(folder)" }

    init(_ operation: DestinationError.Operation, _ object: String? = nil, folder: String, marker: String? = nil) {
        self.marker = marker
        self.operation = operation
        self.object = object
        self.folder = folder
    }

    /// Refuses names that are no file names, and those that are kept for part files.
    func checkName() throws(DestinationError) {
        guard let object else { return }
        if let objection = ObjectNameRule.objection(to: object) { throw failure(.configuration, objection) }
        if PartFile.isName(object) { throw failure(.configuration, "the name is reserved for unfinished files") }
    }

    func openFolder() throws(DestinationError) -> Folder {
        do throws(SystemError) {
            let opened = try Folder.open(folder)
            if let marker, try opened.status(of: marker) == nil {
                throw SystemError("find", path: marker, code: ENOKEY)
            }
            return opened
        } catch {
            if error.code == ENOKEY { throw missingMarker }
            if error.code == ENOENT { throw missingFolder }
            if error.code == ENOTDIR { throw failure(.configuration, "the path, or a part of it, is not a folder") }
            throw remoteFailure(error)
        }
    }

    /// Runs system calls on the destination's side.
    func remote<Value: ~Copyable>(_ body: () throws(SystemError) -> Value) throws(DestinationError) -> Value {
        do throws(SystemError) { return try body() } catch { throw remoteFailure(error) }
    }

    /// Runs system calls on the files of this machine.
    func local<Value: ~Copyable>(_ body: () throws(SystemError) -> Value) throws(DestinationError) -> Value {
        do throws(SystemError) { return try body() } catch { throw localFailure(error) }
    }

    func failure(_ kind: DestinationError.Kind, _ detail: String, advice: String? = nil) -> DestinationError {
        DestinationError(kind, operation, object: object, at: label, detail: detail, advice: advice)
    }

    /// The error for a copy, whose source is on the given side and whose target is on the other.
    func failure(_ failure: FileCopy.Failure, source: Side) -> DestinationError {
        switch (failure, source) {
        case (.cancelled, _): self.failure(.cancelled, "the run was stopped")
        case (.wrongLength, .local): self.failure(.localFile, "the local file changed while it was read")
        case (.wrongLength, .remote): self.failure(.corrupt, "the object changed while it was read")
        case (.source(let error), .local), (.target(let error), .remote): localFailure(error)
        case (.source(let error), .remote), (.target(let error), .local): remoteFailure(error)
        }
    }

    private func localFailure(_ error: SystemError) -> DestinationError {
        failure(error.isOutOfSpace ? .localSpace : .localFile, "\(error)")
    }

    private func remoteFailure(_ error: SystemError) -> DestinationError {
        let words = error.message.prefix(1).lowercased() + error.message.dropFirst()
        switch Self.kind(of: error.code) {
        case .missingObject where operation == .put || object == nil:
            return missingFolder
        case .quota:
            let free = (try? Folder.open(folder).freeSpace()).map { " (\(ByteCount($0)) free)" } ?? ""
            return failure(.quota, "\(words)\(free)")
        case .permission where error.code == EROFS:
            return failure(.permission, words, advice: "Mount the file system with write access.")
        case .permission:
            return failure(
                .permission, words,
                advice: "Give the user that Dunnage runs as (uid \(geteuid())) access to the folder.")
        case .unsupported:
            return failure(.unsupported, words, advice: "Use smaller volumes, or a file system without this limit.")
        case .internalFault:
            return failure(.internalFault, "\(error)")
        case let kind:
            return failure(kind, words)
        }
    }

    private var missingMarker: DestinationError {
        failure(
            .missingContainer, "the folder does not contain the marker file '\(marker ?? "")'",
            advice: "Mount the disk or share that contains it, or create the file there if this is the right place.")
    }

    private var missingFolder: DestinationError {
        var advice = "Check that the path is right and that the file system is mounted, or create the folder first."
        if folder.contains(" ") { advice += " A '+' in a file:// URL means a space; write %2B for a plus." }
        return failure(.missingContainer, "the folder does not exist", advice: advice)
    }

    /// What a code of the operating system means at the destination.
    static func kind(of code: Int32) -> DestinationError.Kind {
        kinds.first { $0.codes.contains(code) }?.kind ?? .internalFault
    }

    private static let kinds: [(kind: DestinationError.Kind, codes: Set<Int32>)] = [
        (.quota, [ENOSPC, EDQUOT]),
        (.permission, [EACCES, EPERM, EROFS]),
        (.missingObject, [ENOENT]),
        (.unsupported, [EFBIG]),
        (.corrupt, [EUCLEAN, EBADMSG]),
        (.configuration, [ENOTDIR, EISDIR, ENAMETOOLONG, ELOOP]),
        // Network mounts and removable disks: what is gone now may be back later.
        (
            .transient,
            [
                EIO, ESTALE, EREMOTEIO, ENODEV, ENXIO, ENOLINK, ENOTCONN, ETIMEDOUT, EHOSTDOWN, EHOSTUNREACH, ENETDOWN,
                ENETUNREACH, ECONNABORTED, ECONNREFUSED, ECONNRESET, ESHUTDOWN, EPIPE, EAGAIN, EBUSY, EINTR, ENOMEM,
                ENOBUFS, EMFILE, ENFILE, ETXTBSY,
            ]
        ),
    ]
}
