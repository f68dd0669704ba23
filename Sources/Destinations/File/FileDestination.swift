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

    /// A file that has to be in the folder.
    let marker: String?

    /// Whether objects on the same file system become links of the files that are stored, which costs no time.
    let linksFiles: Bool

    /// The time against which the age of leftovers is measured.
    let now: @Sendable () -> Timestamp

    /// How fast objects may come and go; nil for as fast as they can.
    var pace: (uploads: FilePace, downloads: FilePace)?

    /// Is told of each step of a put, so that tests can stop the process there.
    var onStep: @Sendable (PutStep) -> Void = { _ in }

    /// Uses a folder, which need not exist yet.
    /// - Parameters:
    ///   - folder: its path.
    ///   - marker: a file that has to be in the folder, or else it is not the right one: nothing is created then.
    ///   - linksFiles: whether objects on the same file system become links of the files that are stored.
    ///   - now: the clock.
    public init(
        folder: String, marker: String? = nil, linksFiles: Bool = false,
        now: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) {
        self.folder = Self.absolute(folder)
        self.marker = marker
        self.linksFiles = linksFiles
        self.now = now
    }

    /// Lists the files of the folder that are not part files of our own.
    public func list() throws(DestinationError) -> [RemoteObject] {
        let call = call(.list)
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
        let mayLink = linksFiles || isStaged(file.path)
        try FilePut(
            name: name, file: file, call: call(.put, name), mayLink: mayLink, pace: pace?.uploads, onStep: onStep
        )
        .run()
    }

    /// Copies an object into a local file.
    public func get(_ name: String, to path: String) throws(DestinationError) -> Int64 {
        let call = call(.get, name)
        try call.checkName()
        let folder = try call.openFolder()
        let source = try call.remote { () throws(SystemError) in try folder.openForReading(name) }
        let size = try call.remote { () throws(SystemError) in try source.regularFileSize() }
        guard let size else { throw call.failure(.configuration, "it is not a file") }
        let target = try call.local { () throws(SystemError) in
            try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_TRUNC)
        }
        do throws(FileCopy.Failure) {
            try FileCopy.copy(from: source, to: target, count: size, pace: pace?.downloads)
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
        let call = call(.delete, name)
        try call.checkName()
        let folder = try call.openFolder()
        try call.remote { () throws(SystemError) in try folder.remove(name) }
    }

    /// Checks that the folder is there, and removes part files that nobody has written to for a day.
    public func prepare(create: Bool) throws(DestinationError) {
        let call = call(.prepare)
        if create, marker == nil {
            try call.remote { () throws(SystemError) in try Folder.create(self.folder) }
        }
        _ = try call.openFolder()
        // Leftovers cost space only, and the folder may be mounted read-only for a restore: no reason to fail.
        _ = try? sweep(olderThan: .seconds(86_400))
    }

    /// Removes part files that nobody has written to for that long.
    public func sweep(olderThan age: Duration) throws(DestinationError) -> Int {
        let call = call(.sweep)
        let folder = try call.openFolder()
        let limit = now().seconds - age.components.seconds
        return try call.remote { () throws(SystemError) in
            var count = 0
            for name in try folder.names() where PartFile.isName(name) {
                guard let status = try folder.status(of: name), status.modified.seconds < limit else { continue }
                try folder.remove(name)
                count += 1
            }
            return count
        }
    }

    /// The size and the time of one object.
    public func stat(_ name: String) throws(DestinationError) -> RemoteObject {
        let call = call(.stat, name)
        try call.checkName()
        let folder = try call.openFolder()
        let status = try call.remote { () throws(SystemError) in try folder.status(of: name) }
        guard let status, status.isFile else { throw call.failure(.missingObject, "it is not there") }
        return RemoteObject(name: name, size: status.size, modified: status.modified)
    }

    /// Reads a part of an object.
    public func read(_ name: String, _ range: Range<Int64>) throws(DestinationError) -> [UInt8] {
        let call = call(.get, name)
        try call.checkName()
        let folder = try call.openFolder()
        return try call.remote { () throws(SystemError) in
            let source = try folder.openForReading(name)
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: range.count, alignment: 16)
            defer { buffer.deallocate() }
            let count = try source.read(into: buffer, at: range.lowerBound)
            return Array(buffer[..<count])
        }.complete(range, call)
    }

    private func call(_ operation: DestinationError.Operation, _ object: String? = nil) -> FileCall {
        FileCall(operation, object, folder: folder, marker: marker)
    }

    /// The bytes that this user can still store on the folder's file system.
    public func freeSpace() throws(DestinationError) -> Int64? {
        let call = call(.freeSpace)
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

extension [UInt8] {
    /// All bytes of a range, or the error of an object that ends before.
    fileprivate func complete(_ range: Range<Int64>, _ call: FileCall) throws(DestinationError) -> [UInt8] {
        guard count == range.count else {
            throw call.failure(.corrupt, "it ends after \(range.lowerBound + Int64(count)) bytes")
        }
        return self
    }
}
