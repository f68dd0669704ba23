internal import Cryptography
public import Destinations
internal import Glibc
internal import StoreFormat
public import Support

/// The objects at a destination as they are, whatever they are: for looking, fetching, and repairs by hand.
///
/// Calls that fail for a reason that may pass are made again.
public struct StoreObjects: Sendable {
    /// An object.
    public struct Object: Sendable, Hashable {
        /// What an object is, by its name.
        public enum Kind: String, Sendable, Hashable, CaseIterable {
            /// Blocks of content.
            case dblock
            /// The list of blocks of a dblock.
            case dindex
            /// The files of one version.
            case dlist
            /// Something of Dunnage's own that is no part of the backup.
            case dunnage
            /// Anything else.
            case other
        }

        /// Its name.
        public let name: String
        /// What it is.
        public let kind: Kind
        /// The prefix of the store that it belongs to.
        public let prefix: String?
        /// Its size, when the destination tells.
        public let size: Int64?
        /// When it was stored, when the destination tells.
        public let modified: Timestamp?
        /// Whether it has to be ordered from an archive before it can be read.
        public let isArchived: Bool
        /// The time up to which it cannot be deleted, where there is one.
        public let lockedUntil: Timestamp?

        fileprivate init(_ object: RemoteObject) {
            name = object.name
            size = object.size
            modified = object.modified
            isArchived = object.isArchived
            lockedUntil = object.lockedUntil
            let parsed = ObjectName(parsing: object.name)
            prefix = parsed?.prefix
            switch parsed?.kind {
            case .dblock: kind = .dblock
            case .dindex: kind = .dindex
            case .dlist: kind = .dlist
            case nil: kind = object.name.hasPrefix("dunnage-") ? .dunnage : .other
            }
        }
    }

    private let destination: any Destination
    private let progress: RunProgress
    private let cancellation: Cancellation
    private let retry: RetryPolicy

    /// The objects of a destination; nothing is done yet.
    public init(
        at destination: any Destination, progress: RunProgress = RunProgress(),
        cancellation: Cancellation = Cancellation(), retry: RetryPolicy = RetryPolicy()
    ) {
        self.destination = destination
        self.progress = progress
        self.cancellation = cancellation
        self.retry = retry
    }

    /// Lists all objects by name.
    public func list() throws(EngineError) -> [Object] {
        try listed().map { Object($0) }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    private func listed() throws(EngineError) -> [RemoteObject] {
        try retry.run(cancellation, progress) { () throws(DestinationError) in try destination.list() }
    }

    /// Fetches an object into a file that is not there yet.
    /// - Returns: its size.
    public func get(_ name: String, to path: String) throws(EngineError) -> Int64 {
        guard access(path, F_OK) != 0 else {
            throw .system(SystemError("create", path: path, code: EEXIST), doing: "fetch \(name)")
        }
        do {
            let file = try PendingFile(path)
            let size = try get(name, into: file)
            try file.publish(replacing: false)
            return size
        } catch {
            throw EngineError(error, doing: "fetch \(name)")
        }
    }

    /// Fetches an object and writes it to a descriptor, once it has come whole.
    /// - Returns: its size.
    public func get(_ name: String, to descriptor: Int32) throws(EngineError) -> Int64 {
        do {
            return try get(name, into: FileSink(descriptor: descriptor, path: "standard output"))
        } catch {
            throw EngineError(error, doing: "fetch \(name)")
        }
    }

    private func get(_ name: String, into sink: any ByteSink) throws -> Int64 {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/object"
        let size = try retry.run(cancellation, progress) { () throws(DestinationError) in
            try destination.get(name, to: path)
        }
        let file = try FileDescriptor.open(path)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { buffer.deallocate() }
        while true {
            let count = try file.read(into: buffer)
            if count > 0 { try sink.write(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
            if count < buffer.count { return size }
        }
    }

    /// Stores a file under a name that is free.
    /// - Returns: its size.
    /// - Throws: `.destination` with `.exists` when there is an object of that name.
    public func put(_ path: String, as name: String) throws(EngineError) -> Int64 {
        guard try !listed().contains(where: { $0.name == name }) else {
            throw .destination(
                DestinationError(
                    .exists, .put, object: name, at: destination.label, detail: "there is an object of that name",
                    advice: "Objects are never replaced; take another name."))
        }
        let size: Int64
        do {
            size = try FileDescriptor.open(path).size()
        } catch {
            throw .system(error, doing: "store \(path)")
        }
        let file = LocalFile(path: path, size: size, sha256: try Store.hash(path, .sha256).hex)
        try retry.run(cancellation, progress) { () throws(DestinationError) in try destination.put(name, from: file) }
        return size
    }

    /// Removes objects for good.
    /// - Throws: `.destination` with `.missingObject`, before anything is removed, when one is not there.
    public func delete(_ names: [String]) throws(EngineError) {
        let present = Set(try listed().map(\.name))
        if let missing = names.first(where: { !present.contains($0) }) {
            throw .destination(
                DestinationError(
                    .missingObject, .delete, object: missing, at: destination.label,
                    detail: "there is no object of that name"))
        }
        for name in names {
            try retry.run(cancellation, progress) { () throws(DestinationError) in try destination.delete(name) }
        }
    }
}
