public import Destinations
internal import Glibc
internal import Support
internal import Synchronization

/// A destination that fails as a test says, and otherwise passes everything on to a real one.
public final class FaultyDestination: Destination {
    /// A failure that is going to happen.
    public struct Fault: Sendable {
        /// What goes wrong.
        public enum Effect: Sendable {
            /// The call fails and changes nothing.
            case failBefore(DestinationError.Kind)
            /// The call fails although it was carried out, as when the answer is lost.
            case failAfter(DestinationError.Kind)
            /// Only so many bytes are stored or fetched, and the call says nothing.
            case truncate(to: Int64)
            /// One bit of the object is turned over, and the call says nothing.
            case flipBit(atByte: Int64)
            /// A block of the test runs first; then the call goes on.
            case run(@Sendable () -> Void)
        }

        let operation: DestinationError.Operation
        let object: @Sendable (String) -> Bool
        let ordinals: ClosedRange<Int>
        let effect: Effect

        /// Scripts a failure.
        /// - Parameters:
        ///   - operation: the operation that fails.
        ///   - object: the objects concerned; all of them unless told.
        ///   - ordinals: which of the matching calls, counted from 1; the first unless told.
        ///   - effect: what goes wrong.
        public init(
            _ operation: DestinationError.Operation, object: @escaping @Sendable (String) -> Bool = { _ in true },
            ordinals: ClosedRange<Int> = 1...1, _ effect: Effect
        ) {
            self.operation = operation
            self.object = object
            self.ordinals = ordinals
            self.effect = effect
        }
    }

    /// A call that was made.
    public struct Call: Sendable, Hashable {
        /// The operation.
        public let operation: DestinationError.Operation
        /// The object it was for, if any.
        public let object: String?
    }

    private struct State {
        var calls: [Call] = []
        var matches: [Int]
    }

    private let inner: any Destination
    private let faults: [Fault]
    private let state: Mutex<State>

    /// Wraps a destination; of several faults that match a call the first one happens.
    public init(_ inner: any Destination, faults: [Fault] = []) {
        self.inner = inner
        self.faults = faults
        state = Mutex(State(matches: Array(repeating: 0, count: faults.count)))
    }

    /// Every call so far.
    public var calls: [Call] { state.withLock { $0.calls } }

    /// The label of the real destination.
    public var label: String { inner.label }

    /// Lists what is there.
    public func list() throws(DestinationError) -> [RemoteObject] {
        try call(.list) { _ throws(DestinationError) in try inner.list() }
    }

    /// Stores a file, or what a fault leaves of it.
    public func put(_ name: String, from file: LocalFile) throws(DestinationError) {
        try call(.put, name) { effect throws(DestinationError) in
            guard let effect else { return try inner.put(name, from: file) }
            let copy = "\(file.path).faulty"
            defer { unlink(copy) }
            do {
                let source = try FileDescriptor.open(file.path)
                let target = try FileDescriptor.open(copy, flags: O_RDWR | O_CREAT | O_TRUNC)
                var bytes = [UInt8](repeating: 0, count: Int(try source.size()))
                _ = try bytes.withUnsafeMutableBytes { buffer in try source.read(into: buffer) }
                try bytes.withUnsafeBytes { buffer in try target.write(all: buffer) }
                let size = try effect.damage(target)
                try inner.put(name, from: LocalFile(path: copy, size: size))
            } catch let error as DestinationError {
                throw error
            } catch {
                throw DestinationError(.localFile, .put, object: name, at: label, detail: "\(error)")
            }
        }
    }

    /// Fetches an object, or what a fault leaves of it.
    public func get(_ name: String, to path: String) throws(DestinationError) -> Int64 {
        try call(.get, name) { effect throws(DestinationError) in
            let size = try inner.get(name, to: path)
            guard let effect else { return size }
            do {
                return try effect.damage(try FileDescriptor.open(path, flags: O_RDWR))
            } catch {
                throw DestinationError(.localFile, .get, object: name, at: label, detail: "\(error)")
            }
        }
    }

    /// Removes an object.
    public func delete(_ name: String) throws(DestinationError) {
        try call(.delete, name) { _ throws(DestinationError) in try inner.delete(name) }
    }

    /// Prepares the real destination.
    public func prepare(create: Bool) throws(DestinationError) {
        try call(.prepare) { _ throws(DestinationError) in try inner.prepare(create: create) }
    }

    /// Asks the real destination.
    public func freeSpace() throws(DestinationError) -> Int64? {
        try call(.freeSpace) { _ throws(DestinationError) in try inner.freeSpace() }
    }

    /// Runs a call with the fault that is due; the body is told of the damage to do.
    private func call<Value>(
        _ operation: DestinationError.Operation, _ object: String? = nil,
        _ body: (Fault.Effect?) throws(DestinationError) -> Value
    ) throws(DestinationError) -> Value {
        switch dueEffect(operation, object) {
        case .failBefore(let kind): throw failure(kind, operation, object)
        case .failAfter(let kind):
            _ = try body(nil)
            throw failure(kind, operation, object)
        case .run(let block):
            block()
            return try body(nil)
        case .truncate(let size): return try body(.truncate(to: size))
        case .flipBit(let offset): return try body(.flipBit(atByte: offset))
        case nil: return try body(nil)
        }
    }

    private func dueEffect(_ operation: DestinationError.Operation, _ object: String?) -> Fault.Effect? {
        state.withLock { state in
            state.calls.append(Call(operation: operation, object: object))
            var due: Fault.Effect?
            for (index, fault) in faults.enumerated() where fault.operation == operation {
                guard object.map(fault.object) ?? true else { continue }
                state.matches[index] += 1
                if due == nil, fault.ordinals.contains(state.matches[index]) { due = fault.effect }
            }
            return due
        }
    }

    private func failure(
        _ kind: DestinationError.Kind, _ operation: DestinationError.Operation, _ object: String?
    ) -> DestinationError {
        DestinationError(kind, operation, object: object, at: label, detail: "a scripted fault")
    }
}

extension FaultyDestination.Fault.Effect {
    /// Does the damage to a file that is open for reading and writing, and returns the size it leaves.
    fileprivate func damage(_ file: borrowing FileDescriptor) throws(SystemError) -> Int64 {
        switch self {
        case .truncate(let size):
            guard ftruncate(file.raw, off_t(min(size, try file.size()))) == 0 else { throw SystemError("truncate") }
        case .flipBit(let offset):
            var byte: UInt8 = 0
            let count = try withUnsafeMutableBytes(of: &byte) { buffer throws(SystemError) in
                try file.read(into: buffer, at: offset)
            }
            guard count == 1 else { break }
            byte ^= 1
            try withUnsafeBytes(of: byte) { buffer throws(SystemError) in try file.write(all: buffer, at: offset) }
        case .failBefore, .failAfter, .run:
            break
        }
        return try file.size()
    }
}
