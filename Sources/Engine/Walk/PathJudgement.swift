/// Whether a path belongs to the backup, and what decided.
public struct PathJudgement: Sendable, Hashable {
    /// What happens to a file or folder.
    public enum Outcome: Sendable, Hashable {
        /// It is backed up; a folder is looked into.
        case stored
        /// A folder that is not backed up itself, but is looked into.
        case lookedInto
        /// It is left out; a folder with everything below.
        case leftOut
    }

    /// What decided.
    public enum Reason: Sendable, Hashable {
        /// It is a source.
        case source
        /// It is neither a source nor below one.
        case outsideSources
        /// It is a folder above a source.
        case aboveSource
        /// A rule of the filter, by its index.
        case rule(Int)
        /// No rule matches.
        case noRule
        /// There are only include rules, and none matches.
        case noInclude
        /// It is one of our own files.
        case ownFile
        /// The folder has a marker file, given by its index in the policy.
        case marker(Int)
        /// The folder is tagged as a cache.
        case cache
        /// It is hidden or has the attribute of the policy.
        case attribute(WalkPolicy.Attribute)
        /// It has an extended attribute that asks for being left out.
        case exclusionAttribute
        /// The file is larger than the policy allows; its size in bytes.
        case size(Int64)
        /// Nothing is stored of what is in the folder.
        case empty
        /// It has several names, and the policy leaves such files out.
        case hardLink
        /// It is a symbolic link, and the policy leaves those out.
        case symlink
        /// A device, socket or pipe, or a link to one.
        case special
        /// The folder is on another file system than the one that holds it, so nothing in it is stored.
        case otherFileSystem
        /// The link is stored as a link, so nothing is stored below it.
        case belowSymlink
        /// It is a file, so there is nothing below it.
        case belowFile
        /// The name is not UTF-8.
        case notText
        /// The path is longer than can be stored.
        case tooLong
        /// It cannot be looked at; the system's error number.
        case unreadable(Int32)
    }

    /// One step on the way from the source to the path.
    public struct Step: Sendable, Hashable {
        /// The path so far; folders end with `/`.
        public let path: [UInt8]
        /// What happens to it.
        public let outcome: Outcome
        /// What decided.
        public let reason: Reason
    }

    /// The steps from the source down to what decides: the path itself, or a folder above it.
    public let steps: [Step]
    /// Whether the path is there; what is not there is judged by the rules alone.
    public let exists: Bool

    /// The last step.
    public var decisive: Step { steps[steps.count - 1] }
    /// Whether the path is backed up.
    public var isStored: Bool { decisive.outcome == .stored }
}
