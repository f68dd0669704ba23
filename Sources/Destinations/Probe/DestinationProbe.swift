internal import Support

/// Tries out everything that a backup does at a destination, with one small object that it removes again.
///
/// Each step is judged by itself, so that somebody sees which right is missing or which promise is not kept; what
/// cannot be tried because of an earlier step is skipped.
public struct DestinationProbe: Sendable {
    /// How much is tried.
    public enum Level: Sendable, Hashable {
        /// Opening, listing and asking; nothing is stored.
        case reading
        /// Storing, reading and deleting an object too.
        case writing
    }

    private let destination: any Destination
    private let storing: any Destination
    private let level: Level
    private let mayCreate: @Sendable () -> Bool

    /// A probe; nothing is done yet.
    /// - Parameters:
    ///   - destination: what is probed.
    ///   - storing: the same place for storing the object, where `destination` would lock what it stores, so that the
    ///     object could not be removed again; nil for the same.
    ///   - level: how much is tried.
    ///   - mayCreate: is asked, once and only when the container is missing, whether it is to be made.
    public init(
        _ destination: any Destination, storing: (any Destination)? = nil, level: Level,
        mayCreate: @escaping @Sendable () -> Bool = { false }
    ) {
        self.destination = destination
        self.storing = storing ?? destination
        self.level = level
        self.mayCreate = mayCreate
    }

    /// Probes; blocks the calling thread.
    /// - Returns: what was found; a destination that does not work is a result.
    /// - Throws: `.cancelled`, after the object was removed, and `.localFile` when this machine has no room for it.
    public func run() throws(DestinationError) -> ProbeReport {
        var steps = ProbeSteps(label: destination.label)
        guard try container(&steps) else {
            steps.skip(["list"] + Self.writing + ["free_space"], "there is no container to try it in")
            return steps.report
        }
        var first: RemoteObject?
        let isListed = try steps.step("list", needing: .list) { () throws(DestinationError) in
            let objects = try destination.list()
            first = objects.first
            return .good("\(objects.count) \(objects.count == 1 ? "object is" : "objects are") there")
        }
        switch level {
        case .writing: try write(&steps)
        case .reading:
            if let name = first?.name { try measure(name, &steps) }
            steps.skip(Self.writing, "only reading was asked for")
        }
        if !isListed, level == .reading { return steps.report }
        try space(&steps)
        try facts(&steps)
        return steps.report
    }

    private static let writing = ["put", "stat", "get", "read", "create_only", "delete", "delete_again"]

    private func container(_ steps: inout ProbeSteps) throws(DestinationError) -> Bool {
        var isMade = false
        return try steps.step("container", needing: isMade ? .create : nil) { () throws(DestinationError) in
            do throws(DestinationError) {
                try destination.prepare(create: false)
                return .good("it is there")
            } catch {
                guard error.kind == .missingContainer, mayCreate() else { throw error }
            }
            isMade = true
            try destination.prepare(create: true)
            return .good("it was missing, and has been made")
        }
    }

    // MARK: An object

    private func write(_ steps: inout ProbeSteps) throws(DestinationError) {
        let object: ProbeObject
        do {
            object = try ProbeObject()
        } catch {
            throw DestinationError(.localFile, .probe, at: destination.label, detail: "\(error)")
        }
        do throws(DestinationError) {
            try store(object, &steps)
        } catch {
            remove(object, &steps)
            throw error
        }
        // A put that failed may have arrived, and a delete may have been without effect.
        if steps.report["delete"]?.judgement != .good { remove(object, &steps) }
    }

    private func store(_ object: ProbeObject, _ steps: inout ProbeSteps) throws(DestinationError) {
        let name = object.name
        let size = Int64(object.content.count)
        let isStored = try steps.step("put", needing: .put) { () throws(DestinationError) in
            try storing.put(name, from: object.file)
            return .good("\(size) bytes stored as \(name)")
        }
        guard isStored else { return steps.skip(Array(Self.writing.dropFirst()), "nothing could be stored") }
        try steps.step("stat", needing: .get) { () throws(DestinationError) in
            let found = try destination.stat(name)
            guard let told = found.size else { return .doubtful("it is there, but the destination tells no size") }
            return told == size ? .good("it is there in full size") : .bad("it has \(told) bytes instead of \(size)")
        }
        try steps.step("get", needing: .get) { () throws(DestinationError) in
            try object.fetch(from: destination) == object.content
                ? .good("what came back is what was stored") : .bad("what came back is not what was stored")
        }
        try steps.step("read", needing: .get) { () throws(DestinationError) in
            let range: Range<Int64> = 1000..<1100
            let bytes = try destination.read(name, range)
            return bytes == Array(object.content[Int(range.lowerBound)..<Int(range.upperBound)])
                ? .good("parts of objects can be read") : .bad("a part came back that is not the one asked for")
        }
        try createOnly(object, &steps)
        try measure(name, &steps)
        try delete(name, &steps)
    }

    /// Stores something else under the same name: it has to be refused.
    private func createOnly(_ object: ProbeObject, _ steps: inout ProbeSteps) throws(DestinationError) {
        let advice = "Make sure by other means that never two runs use this destination at once."
        try steps.step("create_only", needing: .put) { () throws(DestinationError) in
            do throws(DestinationError) {
                try storing.put(object.name, from: object.other)
                return .doubtful("other content took the place of what was there: a lease cannot rely on it", advice)
            } catch {
                guard error.kind == .exists else { throw error }
            }
            guard try isUnchanged(object) else {
                return .bad("other content was refused, and has replaced what was there all the same", advice)
            }
            guard destination.createsExclusively else {
                return .doubtful("objects are not replaced, except by two who store at once: a lease looks twice")
            }
            return .good("a name that is taken cannot be taken again: leases can rely on it")
        }
    }

    /// Whether the object has its content still, as far as it may be read.
    private func isUnchanged(_ object: ProbeObject) throws(DestinationError) -> Bool {
        do throws(DestinationError) {
            return try object.fetch(from: destination) == object.content
        } catch {
            guard error.kind == .permission else { throw error }
            return true
        }
    }

    private func delete(_ name: String, _ steps: inout ProbeSteps) throws(DestinationError) {
        let isDeleted = try steps.step("delete", needing: .delete) { () throws(DestinationError) in
            try storing.delete(name)
            do throws(DestinationError) {
                _ = try destination.stat(name)
            } catch {
                // Who may not ask learns nothing; that is told where it was asked first.
                guard error.kind == .missingObject || error.kind == .permission else { throw error }
                return .good("it is gone")
            }
            return .doubtful("it is still there after it was deleted")
        }
        guard isDeleted else { return steps.skip(["delete_again"], "nothing could be deleted") }
        try steps.step("delete_again", needing: .delete) { () throws(DestinationError) in
            try storing.delete(name)
            return .good("deleting what is not there is no error")
        }
    }

    /// Removes what may be left, and says so when that fails.
    private func remove(_ object: ProbeObject, _ steps: inout ProbeSteps) {
        var last: DestinationError?
        for _ in 0..<2 {
            do throws(DestinationError) {
                try storing.delete(object.name)
                return
            } catch {
                last = error
            }
        }
        // What never arrived need not be removed.
        guard let last, steps.report["put"]?.judgement == .good || last.kind != .permission else { return }
        steps.add(
            ProbeFinding(
                "cleanup", .doubtful, "\(object.name) may have been left behind: \(last.detail)",
                advice: "Remove that object by hand."))
    }

    // MARK: Questions

    private func measure(_ name: String, _ steps: inout ProbeSteps) throws(DestinationError) {
        for _ in 0..<3 {
            let start = ContinuousClock.now
            do throws(DestinationError) {
                _ = try destination.stat(name)
            } catch {
                if error.kind == .cancelled { throw error }
                return
            }
            steps.count(roundTrip: ContinuousClock.now - start)
        }
    }

    private func space(_ steps: inout ProbeSteps) throws(DestinationError) {
        try steps.step("free_space", needing: nil) { () throws(DestinationError) in
            guard let bytes = try destination.freeSpace() else { return .unknown("the destination does not tell") }
            let text = "\(ByteCount(bytes)) can still be stored"
            return bytes < 1 << 30 ? .doubtful(text) : .good(text)
        }
    }

    private func facts(_ steps: inout ProbeSteps) throws(DestinationError) {
        guard let probing = destination as? any Probing else { return }
        do throws(DestinationError) {
            for fact in try probing.facts() { steps.add(ProbeFinding(fact)) }
        } catch {
            if error.kind == .cancelled { throw error }
            steps.add(ProbeFinding("facts", .unknown, error.detail))
        }
    }
}
