internal import Synchronization

/// Something that went wrong with one path or object while the run went on.
public struct Problem: Sendable, Hashable, CustomStringConvertible {
    /// Stable code, for reports and monitoring: `W201`.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// A source path does not exist.
        case sourceMissing = "W201"
        /// A folder or file could not be read.
        case unreadable = "W202"
        /// A file changed or disappeared while it was read.
        case changedWhileRead = "W203"
        /// A name that is no valid UTF-8 cannot be stored in this format.
        case nameNotText = "W204"
        /// Owner, mode, times or extended attributes could not be read or set.
        case metadata = "W205"
        /// A remote object is not as it should be, but nothing is lost.
        case remoteObject = "W206"
        /// A path was left as it is, because of what is already there.
        case leftAlone = "W207"
        /// A hook did not succeed, or something could not be taken back.
        case hook = "W208"
        /// The sources are not as expected.
        case unexpected = "W209"
        /// A version is in quarantine, so that nothing is deleted.
        case quarantine = "W210"
        /// Little room is left of a quota.
        case littleRoom = "W212"
        /// The index of a store takes more memory than a run may take.
        case tightMemory = "W213"
        /// A file, version or object is damaged or missing: data is lost or at risk.
        case damaged = "E301"
    }

    /// What kind of problem.
    public let code: Code
    /// The path or object concerned.
    public let subject: String
    /// What happened, in one sentence without the subject.
    public let message: String

    /// A problem from its parts.
    public init(_ code: Code, _ subject: String, _ message: String) {
        self.code = code
        self.subject = subject
        self.message = message
    }

    /// Whether data is lost or at risk, rather than something worth a look.
    public var isError: Bool { code.rawValue.hasPrefix("E") }

    /// Subject and message.
    public var description: String { "\(subject): \(message)" }
}

/// The problems of one run, from all its threads: every one counted, the first of each kind kept.
public final class ProblemLog: Sendable {
    /// How many problems of one code are kept with their text.
    public static let keptPerCode = 1000

    private let state = Mutex((kept: [Problem](), counts: [Problem.Code: Int]()))
    private let observer: (@Sendable (Problem) -> Void)?

    /// An empty log; `observer` sees each problem as it comes, on the thread that met it.
    public init(observer: (@Sendable (Problem) -> Void)? = nil) {
        self.observer = observer
    }

    /// Counts a problem, and keeps it unless there are too many of its kind.
    public func add(_ problem: Problem) {
        let isKept = state.withLock { state in
            let count = state.counts[problem.code, default: 0] + 1
            state.counts[problem.code] = count
            if count <= Self.keptPerCode { state.kept.append(problem) }
            return count <= Self.keptPerCode
        }
        if isKept { observer?(problem) }
    }

    /// Counts problems that nobody could keep the text of.
    func count(_ code: Problem.Code, _ count: Int) {
        guard count > 0 else { return }
        state.withLock { $0.counts[code, default: 0] += count }
    }

    /// The problems that were kept, in the order they came.
    public var problems: [Problem] { state.withLock { $0.kept } }

    /// How many there were of each kind.
    public var counts: [Problem.Code: Int] { state.withLock { $0.counts } }
}
