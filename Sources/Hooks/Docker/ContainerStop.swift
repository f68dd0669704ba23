internal import Configuration
internal import Support
internal import Transport

/// Containers that are kept from writing while the sources are read.
struct ContainerStop {
    let engine: DockerEngine
    let mode: HookSpecification.StopMode
    let grace: Duration?
    let timeout: Duration

    /// The containers that are meant and run now: those that are to run again afterwards.
    /// - Throws: `DockerError` when a name means none, or one that would not come back.
    func affected(
        by containers: HookSpecification.Containers, _ cancellation: CancellationFlag?
    ) throws(DockerError) -> [DockerContainer] {
        var found: [DockerContainer] = []
        switch containers {
        case .labelled(let label):
            found = try engine.containers(["label": [label]], cancellation)
            guard !found.isEmpty else {
                throw DockerError(
                    .noContainer, engine.endpoint.description, "No container has the label “\(label)”")
            }
        case .named(let names):
            for name in names {
                for container in try engine.containers(named: name, cancellation) where !found.contains(container) {
                    found.append(container)
                }
            }
        }
        let running = found.filter { $0.isRunning }
        for container in running {
            guard !engine.isOwn(container) else {
                throw DockerError(
                    .unsuitable, engine.endpoint.description,
                    "The container \(container.name) is the one that this program runs in")
            }
            let isLost = mode == .stop ? try engine.isRemovedWhenStopped(container, cancellation) : false
            guard !isLost else {
                throw DockerError(
                    .unsuitable, engine.endpoint.description,
                    "The container \(container.name) would be removed when it stops (`--rm`); use `mode: pause`, or "
                        + "run it without")
            }
        }
        return running
    }

    /// Stops or freezes them, in their order.
    func begin(_ containers: [DockerContainer], _ cancellation: CancellationFlag?) throws(DockerError) {
        for container in containers {
            switch mode {
            case .stop: try engine.stop(container, grace: grace, timeout: timeout, cancellation)
            case .pause: try engine.pause(container, timeout: timeout, cancellation)
            }
        }
    }

    /// Lets them run again, the last one first; those that run already stay as they are.
    ///
    /// One that was made anew meanwhile is found by its place in its compose project, or by its name.
    /// - Returns: the names of those that are gone, so that nobody can start them.
    /// - Throws: `DockerError` of the first that could not be started; the others were tried as well.
    func end(_ containers: [DockerContainer], _ cancellation: CancellationFlag?) throws(DockerError) -> [String] {
        var gone: [String] = []
        var failure: DockerError?
        for container in containers.reversed() {
            do throws(DockerError) {
                guard let now = try engine.successor(of: container, cancellation) else {
                    gone.append(container.name)
                    continue
                }
                if now.isRunning { continue }
                if now.state == "paused" {
                    try engine.unpause(now, timeout: timeout, cancellation)
                } else {
                    try engine.start(now, timeout: timeout, cancellation)
                }
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return gone
    }
}
