public import Engine
public import Reporting

/// The problems of a run, those with the same cause together.
public struct ProblemDigest: Sendable, Hashable {
    /// Problems with the same code and message.
    public struct Group: Sendable, Hashable {
        /// What kind of problem.
        public let code: Problem.Code
        /// What happened.
        public let message: String
        /// How often.
        public var count: Int
        /// The first paths or objects concerned.
        public var subjects: [String]

        /// Whether data is lost or at risk.
        public var isError: Bool { code.rawValue.hasPrefix("E") }
    }

    /// How many subjects of a group are kept.
    static let subjectsPerGroup = 5

    /// The groups in the order of their first occurrence.
    public private(set) var groups: [Group] = []

    /// No problems.
    public init() {}

    /// The problems that a log holds.
    public init(_ log: ProblemLog) {
        var position: [String: Int] = [:]
        var kept: [Problem.Code: Int] = [:]
        for problem in log.problems {
            kept[problem.code, default: 0] += 1
            let key = "\(problem.code.rawValue) \(problem.message)"
            if let index = position[key] {
                groups[index].count += 1
                if groups[index].subjects.count < Self.subjectsPerGroup {
                    groups[index].subjects.append(problem.subject)
                }
            } else {
                position[key] = groups.count
                groups.append(
                    Group(code: problem.code, message: problem.message, count: 1, subjects: [problem.subject]))
            }
        }
        // Those that the log only counted.
        for (code, count) in log.counts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let more = count - (kept[code] ?? 0)
            if more > 0 {
                groups.append(Group(code: code, message: "more of the same kind", count: more, subjects: []))
            }
        }
    }

    /// How many problems there are that cost no data.
    public var warnings: Int { groups.lazy.filter { !$0.isError }.reduce(0) { $0 + $1.count } }

    /// How many problems there are by which data is lost or at risk.
    public var errors: Int { groups.lazy.filter(\.isError).reduce(0) { $0 + $1.count } }

    /// The problems of several parts of a run; what all parts met, such as an unreadable source file, counts once.
    public static func union(_ parts: some Sequence<ProblemDigest>) -> ProblemDigest {
        var union = ProblemDigest()
        for group in parts.lazy.flatMap(\.groups) {
            let known = union.groups.firstIndex { $0.code == group.code && $0.message == group.message }
            guard let known else {
                union.groups.append(group)
                continue
            }
            if group.count > union.groups[known].count { union.groups[known] = group }
        }
        return union
    }

    /// The problems in the words of a report.
    public var reported: [RunReport.Problem] {
        groups.map { group in
            RunReport.Problem(
                code: group.code.rawValue, severity: group.isError ? .error : .warning, message: group.message,
                count: group.count, paths: group.subjects)
        }
    }
}
