public import Support

extension RunReport {
    /// How old the newest good version, or the last proof that it can be read, is, and how old it may be.
    public struct Objective: Sendable, Hashable {
        /// What has an age.
        public enum Subject: Sendable, Hashable, CaseIterable {
            /// The newest good version.
            case version
            /// The last check that found nothing wrong.
            case proof
        }

        /// What has an age.
        public var subject: Subject
        /// How old it may be, in seconds; nil when nothing is asked.
        public var allowedSeconds: Int64?
        /// How old it is, in seconds; nil when there is none.
        public var ageSeconds: Int64?
        /// Whether that is young enough.
        public var isMet: Bool
        /// When a restore was last tried out.
        public var lastDrill: Timestamp?

        /// Compares an age with what is asked; that of a version unless told.
        public init(
            _ subject: Subject = .version, allowedSeconds: Int64?, ageSeconds: Int64?, isMet: Bool,
            lastDrill: Timestamp? = nil
        ) {
            self.subject = subject
            self.allowedSeconds = allowedSeconds
            self.ageSeconds = ageSeconds
            self.isMet = isMet
            self.lastDrill = lastDrill
        }
    }

    /// What goes with a report of what was logged.
    public struct Log: Sendable, Hashable {
        /// How much.
        public enum Detail: String, Sendable, Hashable, CaseIterable {
            /// Counts of problems, without the paths concerned.
            case none
            /// Problems with a few paths, shortened.
            case problems
            /// The lines of the run's log as well.
            case all
        }

        /// How much.
        public var detail: Detail
        /// The lines, oldest first.
        public var lines: [String]

        /// So much of these lines.
        public init(detail: Detail = .problems, lines: [String] = []) {
            self.detail = detail
            self.lines = lines
        }
    }

    /// The report with so much of the log and no more.
    public func limited(to detail: Log.Detail) -> RunReport {
        var report = self
        report.log.detail = detail
        if detail != .all { report.log.lines = [] }
        if detail == .none {
            for index in report.problems.indices { report.problems[index].sample = [] }
        }
        return report
    }
}
