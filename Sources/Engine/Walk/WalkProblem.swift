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

    /// One sentence of cause and one of consequence or remedy.
    public var description: String {
        let path = String(decoding: path, as: UTF8.self)
        let reason = SystemError("", code: code).message
        return switch kind {
        case .source: "The source \(path) cannot be read: \(reason). Check that it exists and may be read."
        case .unsupportedSource: "The source \(path) is a device, socket or pipe, which cannot be backed up."
        case .relativeSource: "The source \(path) is not an absolute path. Begin it with /."
        case .openFolder: "The folder \(path) cannot be opened: \(reason). What is in it is not backed up."
        case .readFolder: "The folder \(path) cannot be read to its end: \(reason). It may be backed up in part only."
        case .vanished: "\(path) disappeared while its folder was read."
        case .status: "\(path) cannot be looked at: \(reason). It is not backed up."
        case .invalidName: "The name of \(path) is not UTF-8. Rename it to have it backed up."
        }
    }
}
