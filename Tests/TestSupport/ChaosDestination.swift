public import Destinations
internal import Glibc
internal import Support
internal import Synchronization

/// A destination that does one call in ten badly, in every way that real ones have; the same for the same seed.
public final class ChaosDestination: Destination {
    private let inner: any Destination
    private let state: Mutex<SeededGenerator>
    private let rate: Double

    /// Wraps a destination; `rate` is the share of calls that go wrong.
    public init(_ inner: any Destination, seed: UInt64, rate: Double = 0.1) {
        self.inner = inner
        self.rate = rate
        state = Mutex(SeededGenerator(seed: seed))
    }

    /// The label of the real destination.
    public var label: String { inner.label }

    private func roll(_ kinds: Int) -> Int? {
        state.withLock { generator in
            guard Double.random(in: 0..<1, using: &generator) < rate else { return nil }
            return Int.random(in: 0..<kinds, using: &generator)
        }
    }

    private func number(_ range: Range<Int>) -> Int {
        state.withLock { Int.random(in: range, using: &$0) }
    }

    private func failure(_ operation: DestinationError.Operation, _ object: String? = nil) -> DestinationError {
        let kind: DestinationError.Kind = number(0..<2) == 0 ? .transient : .permission
        return DestinationError(kind, operation, object: object, at: label, detail: "chaos")
    }

    /// Lists all, fails, or leaves out what comes last.
    public func list() throws(DestinationError) -> [RemoteObject] {
        let objects = try inner.list()
        switch roll(3) {
        case 0?, 1?: throw failure(.list)
        case 2?: return Array(objects.prefix(number(0..<max(1, objects.count))))
        default: return objects
        }
    }

    /// Stores, fails before or after, or stores a part and says nothing.
    public func put(_ name: String, from file: LocalFile) throws(DestinationError) {
        switch roll(3) {
        case 0?: throw failure(.put, name)
        case 1?:
            try inner.put(name, from: file)
            throw failure(.put, name)
        case 2?:
            let cut = LocalFile(path: "\(file.path).cut", size: file.size / 2)
            defer { unlink(cut.path) }
            guard Self.copy(file.path, to: cut.path, count: cut.size) else { throw failure(.put, name) }
            try inner.put(name, from: cut)
        default: try inner.put(name, from: file)
        }
    }

    private static func copy(_ path: String, to target: String, count: Int64) -> Bool {
        guard let source = try? FileDescriptor.open(path),
            let sink = try? FileDescriptor.open(target, flags: O_WRONLY | O_CREAT | O_TRUNC)
        else { return false }
        var bytes = [UInt8](repeating: 0, count: Int(count))
        let read = (try? bytes.withUnsafeMutableBytes { try source.read(into: $0) }) ?? 0
        return (try? bytes[..<read].withUnsafeBytes { try sink.write(all: $0) }) != nil
    }

    /// Fetches, fails, fetches something else, or turns a bit over.
    public func get(_ name: String, to path: String) throws(DestinationError) -> Int64 {
        let fault = roll(3)
        if fault == 0 { throw failure(.get, name) }
        if fault == 1 {
            let others = try inner.list()
            return try inner.get(others[number(0..<others.count)].name, to: path)
        }
        let size = try inner.get(name, to: path)
        if fault == 2, size > 0, let file = try? FileDescriptor.open(path, flags: O_RDWR) {
            let position = Int64(number(0..<Int(size)))
            var byte: [UInt8] = [0]
            _ = try? byte.withUnsafeMutableBytes { try file.read(into: $0, at: position) }
            byte[0] ^= 4
            _ = try? byte.withUnsafeBytes { try file.write(all: $0, at: position) }
        }
        return size
    }

    /// Removes, or fails before or after.
    public func delete(_ name: String) throws(DestinationError) {
        let fault = roll(2)
        if fault == 0 { throw failure(.delete, name) }
        try inner.delete(name)
        if fault == 1 { throw failure(.delete, name) }
    }

    /// Prepares the real destination, or fails.
    public func prepare(create: Bool) throws(DestinationError) {
        if roll(1) != nil { throw failure(.prepare) }
        try inner.prepare(create: create)
    }

    /// Asks the real destination.
    public func freeSpace() throws(DestinationError) -> Int64? { try inner.freeSpace() }
}
