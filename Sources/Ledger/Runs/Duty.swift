/// What a run does for its job.
public enum RunKind: String, Sendable, Hashable, CaseIterable, Comparable {
    /// It makes a version.
    case backup
    /// It reads back what is stored.
    case verify

    /// Whether one goes first of two that are due at the same moment.
    public static func < (a: RunKind, b: RunKind) -> Bool { a.rank < b.rank }

    private var rank: Int { self == .backup ? 0 : 1 }

    /// As people call it.
    public var noun: String {
        switch self {
        case .backup: "backup"
        case .verify: "check"
        }
    }
}

/// Something that a job does at times of its own, of which each is accounted for.
public struct Duty: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The job.
    public var job: String
    /// What it does.
    public var kind: RunKind

    /// What a job does; its backup unless told.
    public init(_ job: String, _ kind: RunKind = .backup) {
        self.job = job
        self.kind = kind
    }

    /// Orders by job, and by kind within it.
    public static func < (a: Duty, b: Duty) -> Bool { (a.job, a.kind) < (b.job, b.kind) }

    /// The job's name, with the kind behind it where it is no backup: `photos (verify)`.
    public var description: String { kind == .backup ? job : "\(job) (\(kind.rawValue))" }
}

extension Duty: ExpressibleByStringLiteral {
    /// The backup of the job of that name.
    public init(stringLiteral name: String) { self.init(name) }
}

/// A run that a process which lives is at work on.
public struct ActiveRun: Sendable, Hashable {
    /// What it does.
    public let kind: RunKind
    /// The number of its process, where that runs.
    public let process: Int
}
