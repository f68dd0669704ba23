public import Configuration
public import Jobs
public import Ledger
public import Logging
public import Secrets
public import Support
public import Transport

/// What a service needs from the outside.
public struct ServiceSetting: Sendable {
    /// The files that it follows.
    public var input: ConfigurationInput
    /// The variables of the process.
    public var environment: [String: String]
    /// Learns every secret.
    public var mask: SecretMask
    /// Where its memory is.
    public var state: StateFolder
    /// Its memory.
    public var ledger: Ledger
    /// Where events go; masks secrets.
    public var logger: Logger
    /// What asks it to end.
    public var interruption: Interruption
    /// What sends reports.
    public var transport: Transport
    /// Whether a run with warnings counts as one that did not go well for the process that runs it.
    public var failsOnWarning: Bool
    /// The clock that schedules go by.
    public var now: @Sendable () -> Timestamp
    /// How long it waits between two looks when nothing happens, in milliseconds.
    public var interval = 1000

    /// What a service needs, with the machine's clock.
    public init(
        input: ConfigurationInput, environment: [String: String], mask: SecretMask, state: StateFolder,
        ledger: Ledger, logger: Logger, interruption: Interruption,
        transport: Transport = Transport(version: ProgramVersion.current), failsOnWarning: Bool = false,
        now: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) {
        self.input = input
        self.environment = environment
        self.mask = mask
        self.state = state
        self.ledger = ledger
        self.logger = logger
        self.interruption = interruption
        self.transport = transport
        self.failsOnWarning = failsOnWarning
        self.now = now
    }
}
