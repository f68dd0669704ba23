public import Destinations
internal import Glibc
public import Support
internal import Synchronization

/// A destination in memory that can do everything that a destination may be able to do: lock objects, keep versions,
/// put data into an archive, and tell about itself; and that lacks whatever right a test takes from it.
public final class AbleDestination: Destination {
    /// Something that its credentials may be allowed to do.
    public typealias Right = ProbeRight

    /// How it behaves; changeable at any time.
    public struct Behaviour: Sendable {
        /// Whether the container is there.
        public var hasContainer = true
        /// What the credentials are allowed to do.
        public var rights = Set(ProbeRight.allCases)
        /// Whether a put replaces other content.
        public var replaces = false
        /// Whether it says that it creates exclusively.
        public var createsExclusively = true
        /// Whether deleted and replaced objects stay as hidden versions.
        public var keepsVersions = false
        /// Whether locks can be set.
        public var locks = true
        /// Whether data goes to an archive.
        public var archivesData = false
        /// Whether everything goes to an archive.
        public var archivesAll = false
        /// How long what was ordered takes to come.
        public var thawing = Duration.seconds(3600)
        /// How long every new object is locked.
        public var lockPeriod: Duration?
        /// What it tells about itself.
        public var facts: [DestinationFact] = []
        /// What it tells about its credentials.
        public var risks: [HistoryRisk] = []
        /// What every call but those of abilities fails with.
        public var failure: DestinationError.Kind?
        /// The bytes that can still be stored.
        public var freeSpace: Int64? = 1 << 40
    }

    private struct Stored {
        var bytes: [UInt8]
        var modified: Timestamp
        var lock: ObjectLock?
        var isArchived = false
        var arrival: Timestamp?
        var end: Timestamp?
    }

    private struct State {
        var behaviour = Behaviour()
        var objects: [String: Stored] = [:]
        var hidden: [Int] = []
        var now: Timestamp
        var puts: [String] = []
        var gets: [String] = []
        var orders: [String] = []
    }

    /// The name of the place.
    public let label: String
    private let state: Mutex<State>

    /// An empty one, whose clock stands until it is moved.
    public init(_ label: String = "able://memory", now: Timestamp = .now()) {
        self.label = label
        state = Mutex(State(now: now))
    }

    /// How it behaves.
    public var behaviour: Behaviour {
        get { state.withLock { $0.behaviour } }
        set { state.withLock { $0.behaviour = newValue } }
    }

    /// Its clock.
    public var now: Timestamp {
        get { state.withLock { $0.now } }
        set { state.withLock { $0.now = newValue } }
    }

    /// The names of all objects, sorted by their bytes.
    public var names: [String] {
        state.withLock { $0.objects.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
    }

    /// The names that were stored, in that order; each time.
    public var puts: [String] { state.withLock { $0.puts } }

    /// The names that were fetched, in that order.
    public var gets: [String] { state.withLock { $0.gets } }

    /// The names that were ordered from the archive, in that order.
    public var orders: [String] { state.withLock { $0.orders } }

    /// The bytes of an object.
    public subscript(name: String) -> [UInt8]? {
        get { state.withLock { $0.objects[name]?.bytes } }
        set {
            state.withLock { state in
                state.objects[name] = newValue.map { Stored(bytes: $0, modified: state.now) }
            }
        }
    }

    /// Forgets which objects were stored, fetched and ordered.
    public func forgetCalls() {
        state.withLock { ($0.puts, $0.gets, $0.orders) = ([], [], []) }
    }

    private func failure(
        _ kind: DestinationError.Kind, _ operation: DestinationError.Operation, _ name: String?, _ detail: String
    ) -> DestinationError {
        DestinationError(kind, operation, object: name, at: label, detail: detail)
    }

    private func perform<Value: Sendable>(
        _ operation: DestinationError.Operation, _ right: Right?, _ name: String? = nil,
        _ body: (inout State) throws(DestinationError) -> Value
    ) throws(DestinationError) -> Value {
        try state.withLock { state throws(DestinationError) in
            if let kind = state.behaviour.failure { throw failure(kind, operation, name, "told to fail") }
            if let right, !state.behaviour.rights.contains(right) {
                throw failure(.permission, operation, name, "Access Denied")
            }
            guard state.behaviour.hasContainer || operation == .prepare else {
                throw failure(.missingContainer, operation, name, "there is no container")
            }
            return try body(&state)
        }
    }

    // MARK: Destination

    /// Whether it says so.
    public var createsExclusively: Bool { state.withLock { $0.behaviour.createsExclusively } }

    /// Lists what is there.
    public func list() throws(DestinationError) -> [RemoteObject] {
        try perform(.list, .list) { state throws(DestinationError) in
            state.objects.map { Self.remote($0.key, $0.value, state) }
                .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        }
    }

    /// Stores a file.
    public func put(_ name: String, from file: LocalFile) throws(DestinationError) {
        let bytes: [UInt8]
        do {
            bytes = try SmallFile.read(file.path, limit: Int(file.size) + 1)
        } catch {
            throw failure(.localFile, .put, name, "\(error)")
        }
        try perform(.put, .put, name) { state throws(DestinationError) in
            if let known = state.objects[name] {
                if known.bytes == bytes { return }
                guard state.behaviour.replaces else { throw failure(.exists, .put, name, "it is there already") }
                if state.behaviour.keepsVersions { state.hidden.append(known.bytes.count) }
            }
            let behaviour = state.behaviour
            var stored = Stored(bytes: bytes, modified: state.now)
            stored.isArchived = behaviour.archivesAll || (behaviour.archivesData && file.role == .data)
            if let period = behaviour.lockPeriod {
                stored.lock = ObjectLock(mode: .governance, end: state.now + period)
            }
            state.objects[name] = stored
            state.puts.append(name)
        }
    }

    /// Fetches an object, unless it lies in the archive.
    public func get(_ name: String, to path: String) throws(DestinationError) -> Int64 {
        let bytes = try perform(.get, .get, name) { state throws(DestinationError) in
            state.gets.append(name)
            return try readable(name, state)
        }
        do {
            let file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_TRUNC)
            try bytes.withUnsafeBytes { try file.write(all: $0) }
        } catch {
            throw failure(.localFile, .get, name, "\(error)")
        }
        return Int64(bytes.count)
    }

    private func readable(_ name: String, _ state: State) throws(DestinationError) -> [UInt8] {
        guard let stored = state.objects[name] else { throw failure(.missingObject, .get, name, "it is not there") }
        guard Self.thawState(stored, state).isReadable else {
            throw failure(.archived, .get, name, "it lies in the archive")
        }
        return stored.bytes
    }

    /// Reads a part of an object.
    public func read(_ name: String, _ range: Range<Int64>) throws(DestinationError) -> [UInt8] {
        try perform(.get, .get, name) { state throws(DestinationError) in
            let bytes = try readable(name, state)
            guard range.upperBound <= bytes.count else { throw failure(.corrupt, .get, name, "it ends before") }
            return Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)])
        }
    }

    /// Looks at an object.
    public func stat(_ name: String) throws(DestinationError) -> RemoteObject {
        try perform(.stat, .get, name) { state throws(DestinationError) in
            guard let stored = state.objects[name] else {
                throw failure(.missingObject, .stat, name, "it is not there")
            }
            return Self.remote(name, stored, state)
        }
    }

    /// Removes an object, unless it is locked.
    public func delete(_ name: String) throws(DestinationError) {
        try perform(.delete, .delete, name) { state throws(DestinationError) in
            guard let stored = state.objects[name] else { return }
            if let lock = stored.lock, lock.end > state.now, !state.behaviour.keepsVersions {
                throw failure(.locked, .delete, name, "it is locked until \(lock.end)")
            }
            if state.behaviour.keepsVersions { state.hidden.append(stored.bytes.count) }
            state.objects[name] = nil
        }
    }

    /// Makes the container, or says that it is missing.
    public func prepare(create: Bool) throws(DestinationError) {
        let isMissing = state.withLock { !$0.behaviour.hasContainer }
        try perform(.prepare, create && isMissing ? .create : nil) { state throws(DestinationError) in
            guard !state.behaviour.hasContainer else { return }
            guard create else { throw failure(.missingContainer, .prepare, nil, "there is no container") }
            state.behaviour.hasContainer = true
        }
    }

    /// The space that a test says there is.
    public func freeSpace() throws(DestinationError) -> Int64? {
        try perform(.freeSpace, nil) { state throws(DestinationError) in state.behaviour.freeSpace }
    }

    private static func remote(_ name: String, _ stored: Stored, _ state: State) -> RemoteObject {
        RemoteObject(
            name: name, size: Int64(stored.bytes.count), modified: stored.modified,
            isArchived: !thawState(stored, state).isReadable)
    }

    private static func thawState(_ stored: Stored, _ state: State) -> ThawState {
        guard stored.isArchived else { return .readable }
        guard let arrival = stored.arrival, let end = stored.end, end > state.now else { return .archived }
        return arrival > state.now ? .ordered : .thawed(until: end)
    }
}

extension AbleDestination: ObjectLocking {
    /// Locks an object.
    public func lock(_ name: String, until end: Timestamp, mode: LockMode) throws(DestinationError) {
        try perform(.lock, .put, name) { state throws(DestinationError) in
            guard state.behaviour.locks else { throw failure(.unsupported, .lock, name, "made without locks") }
            guard let known = state.objects[name] else { throw failure(.missingObject, .lock, name, "not there") }
            if let lock = known.lock, lock.end >= end { return }
            state.objects[name]?.lock = ObjectLock(mode: mode, end: end)
        }
    }

    /// The lock that still holds.
    public func lockState(of name: String) throws(DestinationError) -> ObjectLock? {
        try perform(.lock, .get, name) { state throws(DestinationError) in
            guard let stored = state.objects[name] else { throw failure(.missingObject, .lock, name, "not there") }
            return stored.lock.flatMap { $0.end > state.now ? $0 : nil }
        }
    }
}

extension AbleDestination: Archiving {
    /// Orders an object from the archive.
    public func thaw(_ name: String, days: Int, speed: ThawSpeed) throws(DestinationError) {
        try perform(.thaw, .get, name) { state throws(DestinationError) in
            guard var stored = state.objects[name] else { throw failure(.missingObject, .thaw, name, "not there") }
            guard Self.thawState(stored, state) == .archived else { return }
            let arrival = state.now + state.behaviour.thawing
            stored.arrival = arrival
            stored.end = arrival + .seconds(Int64(days) * 86_400)
            state.objects[name] = stored
            state.orders.append(name)
        }
    }

    /// Where an object stands.
    public func thawState(of name: String) throws(DestinationError) -> ThawState {
        try perform(.thaw, .get, name) { state throws(DestinationError) in
            guard let stored = state.objects[name] else { throw failure(.missingObject, .thaw, name, "not there") }
            return Self.thawState(stored, state)
        }
    }
}

extension AbleDestination: Versioning {
    /// Counts what was deleted or replaced.
    public func hiddenVersions() throws(DestinationError) -> HiddenVersions {
        try perform(.versions, .list) { state throws(DestinationError) in
            HiddenVersions(count: state.hidden.count, bytes: Int64(state.hidden.reduce(0, +)))
        }
    }

    /// Removes what was deleted or replaced, whatever its age.
    public func removeHiddenVersions(olderThan age: Duration) throws(DestinationError) -> HiddenVersions {
        let all = try hiddenVersions()
        state.withLock { $0.hidden = [] }
        return all
    }
}

extension AbleDestination: Probing {
    /// What a test has it tell.
    public func facts() throws(DestinationError) -> [DestinationFact] { behaviour.facts }
    /// What a test has it tell of its credentials.
    public func historyRisks() throws(DestinationError) -> [HistoryRisk] { behaviour.risks }
}

extension Timestamp {
    /// The moment a while later, in whole seconds.
    public static func + (time: Timestamp, duration: Duration) -> Timestamp {
        Timestamp(seconds: time.seconds + duration.components.seconds, nanoseconds: time.nanoseconds)
    }
}
