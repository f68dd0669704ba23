public import Ledger
public import Support

/// When jobs are due from a moment on.
public struct Agenda: Sendable {
    /// A moment at which jobs are due.
    public struct Moment: Sendable, Hashable {
        /// When.
        public let time: Timestamp
        /// What is due then, in the order of the file.
        public let duties: [Duty]

        /// The jobs whose backups are due.
        public var jobs: [String] { jobs(.backup) }
        /// The jobs whose stores are to be read back.
        public var checks: [String] { jobs(.verify) }

        private func jobs(_ kind: RunKind) -> [String] { duties.filter { $0.kind == kind }.map(\.job) }
    }

    private let jobs: [JobRules]
    private let start: Timestamp

    /// The agenda of some jobs from a moment on, which itself does not count.
    public init(_ jobs: [JobRules], after start: Timestamp) {
        self.jobs = jobs
        self.start = start
    }

    /// The next moments.
    public func next(_ count: Int) -> [Moment] { moments(within: 0, most: count, days: nil) { _ in true } }

    /// The next minutes in which more jobs begin than may run at the same time, within a year.
    public func collisions(_ count: Int, room: Int) -> [Moment] {
        moments(within: 60, most: count, days: 366) { $0.duties.count > room }
    }

    /// Goes through the moments of all jobs, with those together that are within so many seconds of the first.
    private func moments(within span: Int64, most: Int, days: Int64?, _ isWanted: (Moment) -> Bool) -> [Moment] {
        var found: [Moment] = []
        var next = jobs.map { $0.next(after: start) }
        let end = days.map { start.seconds + $0 * 86_400 } ?? .max
        while found.count < most, let first = next.compactMap({ $0 }).min(), first.seconds <= end {
            var duties: [Duty] = []
            for (index, job) in jobs.enumerated() {
                guard let due = next[index], due.seconds <= first.seconds + max(0, span - 1) else { continue }
                duties.append(job.duty)
                next[index] = job.next(after: Timestamp(seconds: first.seconds + max(0, span - 1)))
            }
            let moment = Moment(time: first, duties: duties)
            if isWanted(moment) { found.append(moment) }
        }
        return found
    }
}
