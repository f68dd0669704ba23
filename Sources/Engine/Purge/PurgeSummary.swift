public import Support

/// What was taken out of versions, or would be.
public struct PurgeSummary: Sendable {
    /// A version that was written again.
    public struct Version: Sendable, Hashable {
        /// The time that it had.
        public let time: Timestamp
        /// The time that it has now; the same as before when nothing was changed.
        public var newTime: Timestamp
        /// How many entries it has lost.
        public var removed = 0
        /// How many entries of it have lost owner, mode and times only.
        public var stripped = 0
    }

    /// The versions concerned, newest first.
    public var versions: [Version] = []
    /// Versions that were deleted, because nothing was left of them.
    public var deleted: [Timestamp] = []
    /// Paths that were taken out of any version, in order, up to ``keptPaths``.
    public var paths: [String] = []
    /// How many paths there are.
    public var pathCount = 0

    /// How many paths are kept.
    public static let keptPaths = 1000

    /// Nothing yet.
    public init() {}

    mutating func add(path: @autoclosure () -> String) {
        pathCount += 1
        if paths.count < Self.keptPaths { paths.append(path()) }
    }
}
