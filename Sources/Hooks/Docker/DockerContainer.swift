internal import JSON

/// A container as the engine knows it, and the names by which it is found again when it has been made anew.
struct DockerContainer: Sendable, Hashable {
    let id: String
    let name: String
    /// `running`, `paused`, `exited` and so on.
    let state: String
    /// Its place in a compose project, when it has one.
    let place: ComposePlace?

    var isRunning: Bool { state == "running" }
}

/// A container's place in a compose project, which outlives the container.
struct ComposePlace: Sendable, Hashable {
    static let projectLabel = "com.docker.compose.project"
    static let serviceLabel = "com.docker.compose.service"
    static let numberLabel = "com.docker.compose.container-number"
    static let oneOffLabel = "com.docker.compose.oneoff"

    let project: String
    let service: String
    let number: String

    /// The place that labels tell of; nil for what compose did not start, or started for a single command.
    init?(labels: JSONValue?) {
        guard let project = labels?[Self.projectLabel]?.string, let service = labels?[Self.serviceLabel]?.string,
            labels?[Self.oneOffLabel]?.string?.lowercased() != "true"
        else { return nil }
        self.init(project: project, service: service, number: labels?[Self.numberLabel]?.string ?? "1")
    }

    init(project: String, service: String, number: String) {
        self.project = project
        self.service = service
        self.number = number
    }
}

extension DockerContainer {
    /// An element of `GET /containers/json`.
    init?(listed value: JSONValue) {
        guard let id = value["Id"]?.string else { return nil }
        let names = (value["Names"]?.array ?? []).compactMap { $0.string }
        // Links have a second slash in them; the container's own name has not.
        let own = names.first { !$0.dropFirst().contains("/") } ?? names.first ?? id
        self.init(
            id: id, name: own.hasPrefix("/") ? String(own.dropFirst()) : own,
            state: value["State"]?.string?.lowercased() ?? "", place: ComposePlace(labels: value["Labels"]))
    }
}
