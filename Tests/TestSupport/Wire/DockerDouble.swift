internal import JSON
internal import Synchronization

/// An engine that speaks Docker's API, written from its reference, and keeps its containers in memory.
///
/// It answers as dockerd does: versions in the path, errors as a JSON `message`, `304` for what is so already, and a
/// command's output as frames over a connection that is no longer HTTP.
public final class DockerDouble: Sendable {
    /// A container.
    public struct Container: Sendable {
        /// Its number: 64 hexadecimal digits.
        public var id: String
        /// Its name, without a slash.
        public var name: String
        /// `running`, `paused` or `exited`.
        public var state: String
        /// Its labels.
        public var labels: [String: String]
        /// Whether it is removed when it stops.
        public var isTransient: Bool

        /// A container that runs.
        public init(
            _ name: String, labels: [String: String] = [:], state: String = "running", isTransient: Bool = false
        ) {
            id = DockerDouble.identifier(name)
            self.name = name
            self.labels = labels
            self.state = state
            self.isTransient = isTransient
        }

        /// A service of a compose project.
        public init(service: String, of project: String, number: Int = 1) {
            self.init(
                "\(project)-\(service)-\(number)",
                labels: [
                    "com.docker.compose.project": project, "com.docker.compose.service": service,
                    "com.docker.compose.container-number": "\(number)", "com.docker.compose.oneoff": "False",
                ])
        }
    }

    /// What a command in a container does.
    public struct Behaviour: Sendable {
        /// Its output in the order it comes: 1 for standard output, 2 for standard error.
        public var pieces: [(channel: UInt8, bytes: [UInt8])]
        /// The status that it ends with.
        public var status: Int

        /// What a command does.
        public init(output: String = "", error: String = "", status: Int = 0) {
            pieces = []
            if !error.isEmpty { pieces.append((2, Array(error.utf8))) }
            if !output.isEmpty { pieces.append((1, Array(output.utf8))) }
            self.status = status
        }
    }

    /// In which way a command's output comes.
    public enum Style: Sendable, CaseIterable {
        /// As it is asked for: `101 UPGRADED` for those who ask for an upgrade, and bytes until the end.
        case upgraded
        /// As engines do without an upgrade: `200`, and bytes until the end.
        case plain
        /// As what stands before an engine may do: `200` and chunks.
        case chunked
    }

    private struct State {
        var containers: [Container] = []
        var commands: [String: (container: String, words: [String], isStarted: Bool, status: Int)] = [:]
        var faults: [String: (status: Int, message: String)] = [:]
        var changes: [String] = []
    }

    private let state = Mutex(State())
    private let behaviour: @Sendable ([String]) -> Behaviour
    private let style: Style
    /// The newest version of the API that it speaks, as a minor number.
    private let version: Int
    /// Bytes of a frame at most.
    private let frameSize: Int

    /// An engine without containers.
    public init(
        version: Int = 43, style: Style = .upgraded, frameSize: Int = 32 << 10,
        behaviour: @escaping @Sendable ([String]) -> Behaviour = { _ in Behaviour() }
    ) {
        self.version = version
        self.style = style
        self.frameSize = frameSize
        self.behaviour = behaviour
    }

    /// The containers.
    public var containers: [Container] {
        get { state.withLock { $0.containers } }
        set { state.withLock { $0.containers = newValue } }
    }

    /// What was done, in order: `stop app`, `start app`, `exec pg_dump`.
    public var changes: [String] { state.withLock { $0.changes } }

    /// The state of a container by its name; empty when there is none.
    public func state(of name: String) -> String { containers.first { $0.name == name }?.state ?? "" }

    /// Has a change, such as `stop app`, answered by an error from now on.
    public func fail(_ change: String, status: Int, message: String) {
        state.withLock { $0.faults[change] = (status, message) }
    }

    /// Has all changes succeed again.
    public func recover() { state.withLock { $0.faults = [:] } }

    /// Makes a container anew, as `compose up --force-recreate` does: stopped, with the same name and another number.
    public func recreate(_ name: String) {
        state.withLock { state in
            guard let index = state.containers.firstIndex(where: { $0.name == name }) else { return }
            state.containers[index].id = Self.identifier("\(state.containers[index].id)+")
        }
    }

    // MARK: Answers

    /// Answers a request as an engine does.
    public func answer(_ request: LoopbackHTTPServer.Request) -> LoopbackHTTPServer.Reply {
        let target = WireTarget(request.target)
        if target.path == "/_ping" {
            return .response(status: 200, headers: [("Api-Version", "1.\(version)")], body: Array("OK".utf8))
        }
        var parts = target.path.split(separator: "/").map(String.init)
        guard let first = parts.first, first.hasPrefix("v1."), let asked = Int(first.dropFirst(3)) else {
            return error(404, "page not found")
        }
        guard asked <= version else {
            return error(
                400, "client version 1.\(asked) is too new. Maximum supported API version is 1.\(version)")
        }
        parts.removeFirst()
        switch (request.method, parts.count) {
        case ("GET", 2) where parts == ["containers", "json"]: return list(target.query["filters"])
        case ("GET", 3) where parts[0] == "containers" && parts[2] == "json": return inspect(parts[1])
        case ("POST", 3) where parts[0] == "containers" && parts[2] == "exec": return make(parts[1], request.body)
        case ("POST", 3) where parts[0] == "containers": return change(parts[1], parts[2], target.query)
        case ("POST", 3) where parts[0] == "exec" && parts[2] == "start": return start(parts[1], request)
        case ("GET", 3) where parts[0] == "exec" && parts[2] == "json": return inspectCommand(parts[1])
        default: return error(404, "page not found")
        }
    }

    private func list(_ filters: String?) -> LoopbackHTTPServer.Reply {
        let wanted = filters.flatMap { try? JSONValue(parsing: $0) }?["label"]?.array?.compactMap { $0.string } ?? []
        let rows = containers.filter { container in
            wanted.allSatisfy { filter in
                let halves = filter.split(separator: "=", maxSplits: 1).map(String.init)
                guard let value = container.labels[halves[0]] else { return false }
                return halves.count == 1 || halves[1] == value
            }
        }
        return document(
            .array(
                rows.map { container in
                    .object([
                        .init("Id", .string(container.id)), .init("Names", .array([.string("/\(container.name)")])),
                        .init("State", .string(container.state)),
                        .init(
                            "Labels",
                            .object(
                                container.labels.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })),
                    ])
                }))
    }

    private func inspect(_ id: String) -> LoopbackHTTPServer.Reply {
        guard let container = containers.first(where: { $0.id == id || $0.name == id }) else { return missing(id) }
        return document(
            .object([
                .init("Id", .string(container.id)), .init("Name", .string("/\(container.name)")),
                .init("HostConfig", .object([.init("AutoRemove", .bool(container.isTransient))])),
            ]))
    }

    private func change(_ id: String, _ verb: String, _ query: [String: String]) -> LoopbackHTTPServer.Reply {
        let ends: [String: (from: String, to: String)] = [
            "stop": ("running", "exited"), "start": ("exited", "running"), "pause": ("running", "paused"),
            "unpause": ("paused", "running"),
        ]
        guard let (from, to) = ends[verb] else { return error(404, "page not found") }
        return state.withLock { state in
            guard let index = state.containers.firstIndex(where: { $0.id == id }) else { return missing(id) }
            let name = state.containers[index].name
            if let fault = state.faults["\(verb) \(name)"] { return error(fault.status, fault.message) }
            guard state.containers[index].state == from else {
                return verb == "stop" || verb == "start"
                    ? .response(status: 304) : error(409, "Container \(id) is not \(from)")
            }
            state.containers[index].state = to
            state.changes.append("\(verb) \(name)" + (query["t"].map { " t=\($0)" } ?? ""))
            return .response(status: 204)
        }
    }

    // MARK: Commands

    private func make(_ id: String, _ body: [UInt8]) -> LoopbackHTTPServer.Reply {
        guard let container = containers.first(where: { $0.id == id }) else { return missing(id) }
        guard container.state == "running" else { return error(409, "Container \(id) is not running") }
        let words = (try? JSONValue(parsing: body))?["Cmd"]?.array?.compactMap { $0.string } ?? []
        guard !words.isEmpty else { return error(400, "No exec command specified") }
        return state.withLock { state in
            let number = Self.identifier("command \(state.commands.count)")
            state.commands[number] = (id, words, false, 0)
            state.changes.append("exec \(words.joined(separator: " "))")
            return document(.object([.init("Id", .string(number))]), status: 201)
        }
    }

    private func start(_ id: String, _ request: LoopbackHTTPServer.Request) -> LoopbackHTTPServer.Reply {
        guard let words = state.withLock({ $0.commands[id]?.words }) else {
            return error(404, "No such exec instance: \(id)")
        }
        let done = behaviour(words)
        state.withLock { state in
            state.commands[id]?.isStarted = true
            state.commands[id]?.status = done.status
        }
        var stream: [UInt8] = []
        for piece in done.pieces {
            var rest = piece.bytes[...]
            while !rest.isEmpty {
                let part = rest.prefix(frameSize)
                stream += [piece.channel, 0, 0, 0]
                stream += withUnsafeBytes(of: UInt32(part.count).bigEndian) { Array($0) }
                stream += part
                rest = rest.dropFirst(part.count)
            }
        }
        let type = version >= 42 ? "application/vnd.docker.multiplexed-stream" : "application/vnd.docker.raw-stream"
        switch style {
        case .upgraded where request["upgrade"] == "tcp":
            return .raw(
                Array(
                    "HTTP/1.1 101 UPGRADED\r\nContent-Type: \(type)\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n".utf8
                )
                    + stream)
        case .upgraded, .plain:
            return .raw(Array("HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\n\r\n".utf8) + stream)
        case .chunked:
            var body: [UInt8] = []
            var rest = stream[...]
            while !rest.isEmpty {
                let part = rest.prefix(7000)
                body += Array("\(String(part.count, radix: 16))\r\n".utf8) + part + [13, 10]
                rest = rest.dropFirst(part.count)
            }
            return .raw(
                Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8) + body + Array("0\r\n\r\n".utf8))
        }
    }

    private func inspectCommand(_ id: String) -> LoopbackHTTPServer.Reply {
        guard let command = state.withLock({ $0.commands[id] }) else {
            return error(404, "No such exec instance: \(id)")
        }
        return document(
            .object([
                .init("ID", .string(id)), .init("Running", .bool(false)),
                .init("ExitCode", command.isStarted ? .integer(Int64(command.status)) : .null),
            ]))
    }

    // MARK: Words

    private func missing(_ id: String) -> LoopbackHTTPServer.Reply { error(404, "No such container: \(id)") }

    private func error(_ status: Int, _ message: String) -> LoopbackHTTPServer.Reply {
        document(.object([.init("message", .string(message))]), status: status)
    }

    private func document(_ value: JSONValue, status: Int = 200) -> LoopbackHTTPServer.Reply {
        .response(status: status, headers: [("Content-Type", "application/json")], body: value.serialized())
    }

    /// 64 hexadecimal digits that differ with the text.
    private static func identifier(_ text: String) -> String {
        var state: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
        var digits = ""
        for _ in 0..<4 {
            state = (state ^ (state >> 29)) &* 0x9e37_79b9_7f4a_7c15
            let part = String(state, radix: 16)
            digits += String(repeating: "0", count: 16 - part.count) + part
        }
        return digits
    }
}
