internal import JSON

/// What a version says of itself: its `fileset` entry.
public struct FilesetFlags: Sendable, Hashable {
    /// The entry's name.
    public static let entryName = "fileset"

    /// False for a version that was stopped or put together after an interruption.
    public var isFullBackup: Bool

    /// Creates flags.
    public init(isFullBackup: Bool = true) {
        self.isFullBackup = isFullBackup
    }

    /// The entry's bytes.
    public func encode() -> [UInt8] {
        Array("\u{FEFF}{\"IsFullBackup\":\(isFullBackup)}".utf8)
    }

    /// Reads the entry of an object; what it does not say is as if it were full.
    public static func decode(_ bytes: [UInt8], object: String) throws(StoreFormatError) -> FilesetFlags {
        do {
            let document = try JSONValue(parsing: bytes)
            return FilesetFlags(isFullBackup: document["IsFullBackup"]?.bool ?? true)
        } catch {
            throw StoreFormatError(.damaged, object: object, detail: "its fileset entry is not readable: \(error)")
        }
    }
}
