internal import Glibc
public import Support

/// A folder of this machine, or of a mounted share, as a destination.
///
/// An object is written to a hidden part file in the same folder, synchronised, given its name in one step that never
/// replaces anything, and the folder is synchronised: after a crash at any moment it is there completely, or not at all.
public struct FileDestination: Destination {
    /// The absolute path of the folder.
    public let folder: String

    /// The folder as a `file://` URL.
    public var label: String { "file://\(folder)" }

    /// The time against which the age of leftovers is measured.
    let now: @Sendable () -> Timestamp

    /// Is told of each step of a put, so that tests can stop the process there.
    var onStep: @Sendable (PutStep) -> Void = { _ in }

    /// Uses a folder, which need not exist yet.
    public init(folder: String, now: @escaping @Sendable () -> Timestamp = Timestamp.now) {
        self.folder = Self.absolute(folder)
        self.now = now
    }

    /// Lists the files of the folder that are not part files of our own.
    public func list() throws(DestinationError) -> [RemoteObject] {
        let call = FileCall(.list, folder: self.folder)
        let folder = try call.openFolder()
        return try call.remote { () throws(SystemError) in
            var objects: [RemoteObject] = []
            for name in try folder.names() where !PartFile.isName(name) {
                // What vanished since, and what is no file, is no object.
                guard let status = try folder.status(of: name), status.isFile else { continue }
                objects.append(RemoteObject(name: name, size: status.size, modified: status.modified))
            }
            return objects.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        }
    }

    /// Stores a file durably under a name that is free, or whose object has the same content.
    public func put(_ name: String, from file: LocalFile) throws(DestinationError) {
        try FilePut(name: name, file: file, folder: folder, onStep: onStep).run()
    }

    /// Copies an object into a local file.
    public func get(_ name: String, to path: String) throws(DestinationError) -> Int64 {
        let call = FileCall(.get, name, folder: self.folder)
        try call.checkName()
        let folder = try call.openFolder()
        let source = try call.remote { () throws(SystemError) in try folder.openForReading(name) }
        let size = try call.remote { () throws(SystemError) in try source.regularFileSize() }
        guard let size else { throw call.failure(.configuration, "it is not a file") }
        let target = try call.local { () throws(SystemError) in
            try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_TRUNC)
        }
        do throws(FileCopy.Failure) {
            try FileCopy.copy(from: source, to: target, count: size)
        } catch {
            unlink(path)
            throw call.failure(error, source: .remote)
        }
        return size
    }

    /// Removes an object.
    ///
    /// The folder is not synchronised: a deletion that a power cut undoes is done again by the next run.
    public func delete(_ name: String) throws(DestinationError) {
        let call = FileCall(.delete, name, folder: self.folder)
        try call.checkName()
        let folder = try call.openFolder()
        try call.remote { () throws(SystemError) in try folder.remove(name) }
    }

    /// Checks that the folder is there, and removes part files that nobody has written to for a day.
    public func prepare(create: Bool) throws(DestinationError) {
        let call = FileCall(.prepare, folder: self.folder)
        if create {
            try call.remote { () throws(SystemError) in try Folder.create(self.folder) }
        }
        let folder = try call.openFolder()
        // Leftovers cost space only, and the folder may be mounted read-only for a restore: no reason to fail.
        guard let names = try? folder.names() else { return }
        let limit = now().seconds - 86_400
        for name in names where PartFile.isName(name) {
            guard let status = try? folder.status(of: name), status.modified.seconds < limit else { continue }
            try? folder.remove(name)
        }
    }

    /// The bytes that this user can still store on the folder's file system.
    public func freeSpace() throws(DestinationError) -> Int64? {
        let call = FileCall(.freeSpace, folder: self.folder)
        let folder = try call.openFolder()
        return try call.remote { () throws(SystemError) in try folder.freeSpace() }
    }

    private static func absolute(_ path: String) -> String {
        var path = path
        if !path.hasPrefix("/"), let current = getcwd(nil, 0) {
            path = "\(String(cString: current))/\(path)"
            free(current)
        }
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }
}
