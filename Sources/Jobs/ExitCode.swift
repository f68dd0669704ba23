/// What the process returns: a public table that orchestrators rely on.
public enum ExitCode: Int32, Sendable, Hashable, CaseIterable {
    /// Everything was done; warnings included.
    case success = 0
    /// At least one job failed, or the store has a fault.
    case failure = 1
    /// The command line is wrong.
    case usage = 2
    /// There were warnings, and the caller asked to be told.
    case warnings = 3
    /// A guard refused; nothing was deleted.
    case refused = 4
    /// A plan has changes, and the caller asked to be told.
    case changes = 20
    /// A plan has changes that need an approval, and the caller asked to be told.
    case destructiveChanges = 21
    /// Trying again later may help: a lock is held, a destination cannot be reached.
    case temporary = 75
    /// A credential, a passphrase or a right was not enough.
    case credentials = 77
    /// The configuration is invalid, or a secret cannot be had.
    case configuration = 78
    /// Stopped by SIGINT, in good order.
    case interrupted = 130
    /// Stopped by SIGTERM, in good order.
    case terminated = 143

    /// How much a code has to say when several jobs end differently: the higher one is returned.
    ///
    /// A stop comes first, then what no repetition can help against, then plain failure; “try again” only counts
    /// when nothing worse happened.
    private var weight: Int {
        switch self {
        case .success: 0
        case .warnings: 1
        case .changes: 2
        case .destructiveChanges: 3
        case .temporary: 4
        case .failure: 5
        case .refused: 6
        case .credentials: 7
        case .configuration: 8
        case .usage: 9
        case .interrupted: 10
        case .terminated: 11
        }
    }

    /// The code that several ends have in common: the worst of them, or success when there is none.
    public static func worst(of codes: some Sequence<ExitCode>) -> ExitCode {
        codes.max { $0.weight < $1.weight } ?? .success
    }
}
