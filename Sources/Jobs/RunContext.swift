public import Configuration
public import Engine
public import Ledger
public import Logging
public import Reporting
public import Secrets
public import Support
public import Transport

/// What the runs of one process share: no run looks at anything global.
public struct RunContext: Sendable {
    /// The configuration that is followed.
    public var configuration: Configuration
    /// The secrets that it defines.
    public var secrets: SecretStore
    /// Where catalogs and locks are.
    public var state: StateFolder
    /// What the runner remembers of runs and reports; in memory when nothing is kept on this machine.
    public var ledger: Ledger
    /// Whether nothing is kept on this machine: the catalog comes from the destination, and ``state`` is not used.
    public var isStateless: Bool
    /// Where events go; masks secrets.
    public var logger: Logger
    /// What stops the runs.
    public var interruption: Interruption
    /// Whether a run with warnings returns ``ExitCode/warnings``.
    public var failsOnWarning: Bool
    /// What made the runs begin.
    public var trigger: RunReport.Run.Trigger
    /// The occurrence of a schedule that the runs are for; nil when nothing but a command asks for them.
    public var occurrence: ScheduledRun?
    /// The identifier of the run, where somebody was told it before the run began; nil for a new one.
    public var identifier: RunIdentifier?
    /// Which attempt this is of what a command asks for, from 1 on.
    public var attempt = 1
    /// What sends reports.
    public var transport: Transport
    /// How often, and with which pauses, reports are sent.
    public var deliveryPolicy: DeliveryPolicy
    /// How often, and with which pauses, a destination is asked again.
    public var retryPolicy: RetryPolicy
    /// What the transfers of all runs share.
    public var bandwidth = RunBandwidth()
    /// The clock of reports and identifiers.
    public var now: @Sendable () -> Timestamp
    /// Is given the progress of each part of a run when it begins, and `nil` when it ends.
    public var watch: @Sendable (RunProgress?) -> Void

    /// A context with the usual policies, clock and transport.
    public init(
        configuration: Configuration, secrets: SecretStore, state: StateFolder, ledger: Ledger,
        logger: Logger,
        interruption: Interruption = Interruption(), failsOnWarning: Bool = false,
        trigger: RunReport.Run.Trigger = .manual, transport: Transport = Transport(version: ProgramVersion.current),
        deliveryPolicy: DeliveryPolicy = DeliveryPolicy(), retryPolicy: RetryPolicy = RetryPolicy(),
        now: @escaping @Sendable () -> Timestamp = Timestamp.now,
        watch: @escaping @Sendable (RunProgress?) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.secrets = secrets
        self.state = state
        self.ledger = ledger
        isStateless = configuration.runtime.isStateless
        self.logger = logger
        self.interruption = interruption
        self.failsOnWarning = failsOnWarning
        self.trigger = trigger
        self.transport = transport
        self.deliveryPolicy = deliveryPolicy
        self.retryPolicy = retryPolicy
        self.now = now
        self.watch = watch
    }
}
