public import Logging
public import Secrets
public import Transport

/// What hooks have to do with: none of them looks at anything global.
public struct HookSurroundings: Sendable {
    /// The job that they belong to.
    public var job: String
    /// The secrets of the configuration, and the variables of this process.
    public var secrets: SecretStore
    /// What asks web services.
    public var transport: Transport
    /// Where their output goes; masks secrets.
    public var logger: Logger
    /// Raised when the run is asked to stop; nil for what has to come to its end.
    public var stop: CancellationFlag?

    /// Surroundings from their parts.
    public init(
        job: String, secrets: SecretStore, transport: Transport, logger: Logger, stop: CancellationFlag? = nil
    ) {
        self.job = job
        self.secrets = secrets
        self.transport = transport
        self.logger = logger
        self.stop = stop
    }

    /// The same for what has to come to its end although the run was asked to stop.
    public func uninterrupted() -> HookSurroundings {
        var surroundings = self
        surroundings.secrets = secrets.uninterrupted()
        surroundings.stop = nil
        return surroundings
    }

    /// The engine that the variables of this process name.
    /// - Throws: `DockerError` when they name none.
    public func engine() throws(DockerError) -> DockerEngine {
        DockerEngine(try DockerEndpoint(environment: secrets.environment))
    }

    /// Where programs are looked for.
    var searchPath: String { secrets.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin" }
}
