internal import Glibc
internal import JSON
internal import Support
internal import Transport

extension DockerEngine {
    /// The containers that fit all of the filters, running or not, sorted by name.
    func containers(_ filters: [String: [String]], _ cancellation: CancellationFlag?) throws(DockerError)
        -> [DockerContainer]
    {
        let members = filters.sorted { $0.key < $1.key }.map { filter in
            JSONValue.Member(filter.key, .array(filter.value.map { .string($0) }))
        }
        let list = try document(
            Call(
                path: "/containers/json",
                query: [("all", "true"), ("filters", JSONValue.object(members).description)]),
            cancellation)
        guard let rows = list.array else {
            throw DockerError(.badAnswer, endpoint.description, "the list of containers is no list")
        }
        return rows.compactMap { DockerContainer(listed: $0) }.sorted { $0.name < $1.name }
    }

    /// The containers that a name means: the one of this name, or those of a service of this name in a compose project.
    ///
    /// A service of the project that this program's own container belongs to comes before those of others.
    /// - Throws: `DockerError` when there is none, or when services of several projects are meant.
    func containers(named name: String, _ cancellation: CancellationFlag?) throws(DockerError) -> [DockerContainer] {
        // The engine's filter looks for parts of names.
        let all = try containers([:], cancellation)
        if let exact = all.first(where: { $0.name == name || ($0.id.hasPrefix(name) && name.utf8.count >= 12) }) {
            return [exact]
        }
        let services = all.filter { $0.place?.service == name }
        guard let first = services.first else {
            throw DockerError(.noContainer, endpoint.description, "There is no container and no service “\(name)”")
        }
        let projects = Set(services.compactMap { $0.place?.project }).sorted()
        guard projects.count > 1 else { return services }
        if let own = all.first(where: { isOwn($0) })?.place?.project, projects.contains(own) {
            return services.filter { $0.place?.project == own }
        }
        throw DockerError(
            .ambiguous, endpoint.description,
            "“\(name)” is a service of several projects (\(projects.joined(separator: ", "))); write the name of the "
                + "container, such as \(first.name)")
    }

    /// The container that is there now for one that was known before: itself, or the one that took its place.
    ///
    /// A container that compose has made anew has another number, but the same place; others have the same name.
    /// - Returns: `nil` when there is none.
    func successor(of known: DockerContainer, _ cancellation: CancellationFlag?) throws(DockerError)
        -> DockerContainer?
    {
        let all = try containers([:], cancellation)
        return all.first { $0.id == known.id }
            ?? all.first { known.place != nil && $0.place == known.place }
            ?? all.first { $0.name == known.name }
    }

    /// Whether a container is the one that this program runs in, whose host name is the beginning of its number.
    func isOwn(_ container: DockerContainer) -> Bool {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count) == 0 else { return false }
        let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return host.utf8.count >= 12 && container.id.hasPrefix(host)
    }

    /// Whether a container disappears when it stops.
    func isRemovedWhenStopped(_ container: DockerContainer, _ cancellation: CancellationFlag?) throws(DockerError)
        -> Bool
    {
        let details = try document(Call(path: "/containers/\(container.id)/json"), cancellation)
        return details["HostConfig"]?["AutoRemove"]?.bool == true
    }

    // MARK: Changes

    /// Stops a container; one that does not run is no failure.
    /// - Parameters:
    ///   - container: the container.
    ///   - grace: how long it may take before it is killed; the container's own time when nil.
    ///   - timeout: how long the engine may take to answer.
    ///   - cancellation: ends the waiting when it is raised.
    /// - Throws: `DockerError`.
    func stop(
        _ container: DockerContainer, grace: Duration?, timeout: Duration, _ cancellation: CancellationFlag?
    ) throws(DockerError) {
        var call = Call(method: .post, path: "/containers/\(container.id)/stop", timeout: timeout, accepted: [304])
        if let grace { call.query = [("t", "\(grace.components.seconds)")] }
        _ = try send(call, cancellation)
    }

    /// Starts a container; one that runs is no failure.
    func start(_ container: DockerContainer, timeout: Duration, _ cancellation: CancellationFlag?) throws(DockerError) {
        _ = try send(
            Call(method: .post, path: "/containers/\(container.id)/start", timeout: timeout, accepted: [304]),
            cancellation)
    }

    /// Freezes a container.
    func pause(_ container: DockerContainer, timeout: Duration, _ cancellation: CancellationFlag?) throws(DockerError) {
        _ = try send(
            Call(method: .post, path: "/containers/\(container.id)/pause", timeout: timeout), cancellation)
    }

    /// Lets a frozen container go on.
    func unpause(_ container: DockerContainer, timeout: Duration, _ cancellation: CancellationFlag?)
        throws(DockerError)
    {
        _ = try send(
            Call(method: .post, path: "/containers/\(container.id)/unpause", timeout: timeout), cancellation)
    }
}
