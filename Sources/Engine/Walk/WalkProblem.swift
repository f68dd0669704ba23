internal import Support

/// Something that the walk could not look at.
///
/// The walk goes on with the rest.
public struct WalkProblem: Sendable, Hashable, CustomStringConvertible {
    /// What went wrong.
    public enum Kind: Sendable, Hashable {
        /// A source does not exist or cannot be looked at.
        case source
        /// A source is neither a file, nor a folder, nor a symbolic link.
        case unsupportedSource
        /// A source is no absolute path.
        case relativeSource
        /// A folder could not be opened; it is stored without its content.
        case openFolder
        /// A folder could not be read to its end.
        case readFolder
        /// An entry disappeared between the listing of its folder and the look at it.
        case vanished
        /// An entry's status could not be read.
        case status
        /// A name is not UTF-8, which the storage format cannot hold.
        case invalidName
        /// A path is longer, or has more components, than can be read back.
        case tooLong
    }

    /// What went wrong.
    public let kind: Kind
    /// The path concerned, as the system has it; it may be no text.
    public let path: [UInt8]
    /// The system's error number, 0 when there is none.
    public let code: Int32

    /// Whether the problem concerns a source that the job names.
    public var concernsSource: Bool {
        kind == .source || kind == .unsupportedSource || kind == .relativeSource
    }

    /// What happened and what comes of it, without the path: the same for every path that it happens to.
    public var message: String {
        let reason = SystemError("", code: code).message
        return switch kind {
        case .source: "cannot be read: \(reason); check that this source exists and may be read"
        case .unsupportedSource: "is a device, socket or pipe, which cannot be backed up"
        case .relativeSource: "is not an absolute path; begin the source with /"
        case .openFolder: "cannot be opened: \(reason); what is in it is not in this version"
        case .readFolder: "cannot be read to its end: \(reason); it may be in this version in part only"
        case .vanished: "disappeared while its folder was read"
        case .status: "cannot be looked at: \(reason); it is not in this version"
        case .invalidName: "has a name that is not UTF-8; rename it to have it backed up"
        case .tooLong:
            "has a path of more than \(EntryFault.longestPath / 1024) KiB or \(EntryFault.deepestPath) components, "
                + "which cannot be stored; it is not in this version"
        }
    }

    /// The path as text, cut short if it is absurdly long.
    public var pathText: String {
        let text = String(decoding: path.prefix(4096), as: UTF8.self)
        return path.count > 4096 ? "\(text)…" : text
    }

    /// Path and message.
    public var description: String { "\(pathText) \(message)" }
}
