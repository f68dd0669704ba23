public import Destinations
internal import Glibc
internal import Support
internal import Synchronization

/// A destination that does one call in ten badly, in every way that real ones have; the same for the same seed.
public final class ChaosDestination: Destination {
    private let inner: any Destination
    private let state: Mutex<SeededGenerator>
    private let rate: Double
    private let memory: ChaosMemory

    /// Wraps a destination; `rate` is the share of calls that go wrong.
    public init(_ inner: any Destination, seed: UInt64, rate: Double = 0.1, memory: ChaosMemory = ChaosMemory()) {
        self.inner = inner
        self.rate = rate
        self.memory = memory
        state = Mutex(SeededGenerator(seed: seed))
    }

    /// The label of the real destination.
    public var label: String { inner.label }

    private func roll(_ ways: [ChaosWay]) -> ChaosWay? {
        // Now and then something takes long: what goes on beside it gets ahead.
        let delay = state.withLock { generator in
            Int.random(in: 0..<4, using: &generator) == 0 ? UInt32.random(in: 0..<8000, using: &generator) : 0
        }
        if delay > 0 { usleep(delay) }
        let way = state.withLock { generator -> ChaosWay? in
            guard Double.random(in: 0..<1, using: &generator) < rate else { return nil }
            return ways.randomElement(using: &generator)
        }
        if let way { memory.count(way) }
        return way
    }

    private func number(_ range: Range<Int>) -> Int {
        state.withLock { Int.random(in: range, using: &$0) }
    }

    private func failure(_ operation: DestinationError.Operation, _ object: String? = nil) -> DestinationError {
        let kind: DestinationError.Kind = number(0..<2) == 0 ? .transient : .permission
        return DestinationError(kind, operation, object: object, at: label, detail: "chaos")
    }

    /// Lists all, fails, or lists what is not so, or not all.
    public func list() throws(DestinationError) -> [RemoteObject] {
        let objects = try inner.list()
        defer { memory.remember(objects) }
        switch roll([.listFails, .listEndsEarly, .listLeavesOut, .listIsStale]) {
        case .listFails?: throw failure(.list)
        case .listEndsEarly?: return Array(objects.prefix(number(0..<max(1, objects.count))))
        case .listLeavesOut?: return objects.filter { _ in number(0..<8) > 0 }
        case .listIsStale?: return memory.listing { number(0..<$0) } ?? objects
        default: return objects
        }
    }

    /// Stores, or fails before, in the middle or after, or stores a part and says nothing.
    public func put(_ name: String, from file: LocalFile) throws(DestinationError) {
        let way = roll([.putFails, .putFailsAfter, .putFailsHalfway, .putKeepsHalf])
        switch way {
        case .putFails?: throw failure(.put, name)
        case .putFailsHalfway?, .putKeepsHalf?:
            let cut = LocalFile(path: "\(file.path).cut", size: file.size / 2)
            defer { unlink(cut.path) }
            guard let bytes = Self.bytes(of: file.path), Self.write(bytes.prefix(Int(cut.size)), to: cut.path) else {
                throw failure(.put, name)
            }
            try inner.put(name, from: cut)
        default:
            try inner.put(name, from: file)
            if let bytes = Self.bytes(of: file.path) { memory.remember(name, bytes) }
        }
        if way == .putFailsAfter || way == .putFailsHalfway { throw failure(.put, name) }
    }

    private static func bytes(of path: String) -> [UInt8]? {
        guard let file = try? FileDescriptor.open(path), let size = try? file.size() else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(size))
        guard let read = try? bytes.withUnsafeMutableBytes({ try file.read(into: $0) }), read == bytes.count else {
            return nil
        }
        return bytes
    }

    private static func write(_ bytes: ArraySlice<UInt8>, to path: String) -> Bool {
        guard let file = try? FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_TRUNC) else { return false }
        return (try? bytes.withUnsafeBytes { try file.write(all: $0) }) != nil
    }

    /// Fetches, fails before or after, or fetches something else.
    public func get(_ name: String, to path: String) throws(DestinationError) -> Int64 {
        let way = roll([.getFails, .getFailsAfter, .getOther, .getFlipped, .getCut, .getStale, .getNothing])
        switch way {
        case .getFails?: throw failure(.get, name)
        case .getNothing?:
            throw DestinationError(.missingObject, .get, object: name, at: label, detail: "chaos")
        case .getOther?:
            let others = try inner.list()
            guard !others.isEmpty else { break }
            return try inner.get(others[number(0..<others.count)].name, to: path)
        case .getStale?:
            guard let old = memory.content(name), Self.write(old[...], to: path) else { break }
            return Int64(old.count)
        default: break
        }
        let size = try inner.get(name, to: path)
        switch way {
        case .getFailsAfter?: throw failure(.get, name)
        case .getFlipped? where size > 0:
            guard var bytes = Self.bytes(of: path) else { break }
            bytes[number(0..<bytes.count)] ^= 4
            _ = Self.write(bytes[...], to: path)
        case .getCut? where size > 0:
            guard let bytes = Self.bytes(of: path) else { break }
            let rest = number(0..<bytes.count)
            _ = Self.write(bytes[..<rest], to: path)
            return Int64(rest)
        default: break
        }
        return size
    }

    /// Removes, fails before or after, or does nothing and says nothing.
    public func delete(_ name: String) throws(DestinationError) {
        let way = roll([.deleteFails, .deleteFailsAfter, .deleteDoesNothing])
        if way == .deleteFails { throw failure(.delete, name) }
        if way != .deleteDoesNothing { try inner.delete(name) }
        if way == .deleteFailsAfter { throw failure(.delete, name) }
    }

    /// Prepares the real destination, or fails.
    public func prepare(create: Bool) throws(DestinationError) {
        if roll([.prepareFails]) != nil { throw failure(.prepare) }
        try inner.prepare(create: create)
    }

    /// Asks the real destination.
    public func freeSpace() throws(DestinationError) -> Int64? { try inner.freeSpace() }
}
