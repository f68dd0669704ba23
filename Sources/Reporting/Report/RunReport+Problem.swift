extension RunReport {
    /// A warning or an error, possibly met several times.
    public struct Problem: Sendable, Hashable {
        /// How bad it is.
        public enum Severity: String, Sendable, Hashable, CaseIterable {
            /// Something was left out.
            case warning
            /// Something failed.
            case error
        }

        /// Its stable code.
        public var code: String?
        /// How bad it is.
        public var severity: Severity
        /// What happened, without secrets.
        public var message: String
        /// How often.
        public var count: Int
        /// A few of the paths concerned, shortened.
        public var sample: [String]

        /// Describes a problem.
        ///
        /// Of the paths the first five are kept, and of each path the ends: the middle of a path is nobody's business.
        public init(
            code: String? = nil, severity: Severity, message: String, count: Int = 1, paths: some Sequence<String> = []
        ) {
            self.code = code
            self.severity = severity
            self.message = message
            self.count = count
            sample = paths.prefix(5).map(Self.shortened)
        }

        /// The path with all but its first two and its last component replaced by an ellipsis.
        static func shortened(_ path: String) -> String {
            let parts = path.split(separator: "/", omittingEmptySubsequences: true)
            guard parts.count > 3, let last = parts.last else { return path }
            return "\(path.hasPrefix("/") ? "/" : "")\(parts[0])/\(parts[1])/…/\(last)"
        }
    }
}
