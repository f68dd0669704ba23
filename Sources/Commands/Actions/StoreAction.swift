internal import Destinations
internal import Engine
internal import JSON
internal import Jobs
internal import Support

/// Lists, fetches, adds and removes single objects.
struct StoreAction {
    private let choice: StoreChoice
    private let options: [String]

    init(_ choice: StoreChoice, _ options: [String]) {
        self.choice = choice
        self.options = options
    }

    private func reach(_ program: Program) throws -> (objects: StoreObjects, store: ReachedStore) {
        let store = try ReachedStore(choice, options: options, program)
        let objects = StoreObjects(
            at: store.access.destination, progress: store.progress, cancellation: program.interruption.cancellation)
        return (objects, store)
    }

    func list(json: Bool, _ program: Program) throws -> Jobs.ExitCode {
        let (objects, store) = try reach(program)
        let all = try objects.list()
        let bytes = all.reduce(Int64(0)) { sum, object in
            let (total, overflow) = sum.addingReportingOverflow(max(0, object.size ?? 0))
            return overflow ? .max : total
        }
        try program.tell {
            if json {
                try program.console.print(
                    document: "objects",
                    [
                        .init("store", .string(store.access.destination.label)), .init("bytes", .integer(bytes)),
                        .init("objects", .array(all.map(\.json))),
                    ])
                return
            }
            var table = Table([("KIND", .left), ("SIZE", .right), ("NAME", .left)])
            for object in all {
                let marks = (object.isArchived ? " (archived)" : "") + (object.lockedUntil == nil ? "" : " (locked)")
                table.add([object.kind.rawValue, object.size.map { HumanText.count($0) } ?? "?", object.name + marks])
            }
            for line in table.lines { try program.console.print(line) }
            guard !program.output.isQuiet else { return }
            try program.console.print("\(HumanText.count(all.count, "object")), \(HumanText.size(bytes)).")
        }
        return .success
    }

    func get(_ program: Program) throws -> Jobs.ExitCode {
        let name = try word(0, "object") ?? ""
        let path = try word(1, nil) ?? name
        try expectNoMore(than: 2)
        let (objects, _) = try reach(program)
        if path == "-" {
            _ = try objects.get(name, to: program.console.outputDescriptor)
            return .success
        }
        let size = try objects.get(name, to: path)
        try tell("Fetched \(name) to \(path): \(HumanText.count(size)) bytes.", program)
        return .success
    }

    func put(_ program: Program) throws -> Jobs.ExitCode {
        let path = try word(0, "file") ?? ""
        let name = try word(1, nil) ?? path.split(separator: "/").last.map { String($0) } ?? path
        try expectNoMore(than: 2)
        let (objects, store) = try reach(program)
        let size = try objects.put(path, as: name)
        try tell("Stored \(name) at \(store.access.destination.label): \(HumanText.count(size)) bytes.", program)
        return .success
    }

    func delete(isConfirmed: Bool, _ program: Program) throws -> Jobs.ExitCode {
        guard isConfirmed else {
            throw Failure(
                .configuration, .refused,
                "Nothing was removed. What needs an object is lost with it; if that is meant, add --yes.")
        }
        let (objects, store) = try reach(program)
        try objects.delete(choice.patterns)
        let count = HumanText.count(choice.patterns.count, "object")
        try tell("Removed \(count) at \(store.access.destination.label).", program)
        return .success
    }

    private func word(_ index: Int, _ required: String?) throws -> String? {
        if index < choice.patterns.count { return choice.patterns[index] }
        guard let required else { return nil }
        throw Failure(.configuration, .usage, "Name the \(required).")
    }

    private func expectNoMore(than count: Int) throws {
        guard choice.patterns.count > count else { return }
        throw Failure(.configuration, .usage, "Unexpected “\(choice.patterns[count])”.")
    }

    private func tell(_ text: String, _ program: Program) throws {
        guard !program.output.isQuiet else { return }
        try program.tell { try program.console.print(PrintableText.escaped(text)) }
    }
}

extension StoreObjects.Object {
    /// The object for machines.
    fileprivate var json: JSONValue {
        var members: [JSONValue.Member] = [.init("name", .string(name)), .init("kind", .string(kind.rawValue))]
        if let prefix { members.append(.init("prefix", .string(prefix))) }
        members.append(.init("size", size.map { .integer($0) } ?? .null))
        if let modified { members.append(.init("modified", .string(modified.iso8601))) }
        if isArchived { members.append(.init("archived", .bool(true))) }
        if let lockedUntil { members.append(.init("locked_until", .string(lockedUntil.iso8601))) }
        return .object(members)
    }
}
