internal import JSON

/// Reads `filelist.json` as it arrives, entry by entry.
///
/// Members may stand in any order, though writers keep one; unknown members are skipped. Entries of unknown types,
/// alternate streams and entries without what their type needs are left out and counted. Duplicate paths are the
/// caller's to notice.
public enum FileListReader {
    /// An entry that was left out.
    public struct Skipped: Sendable, Hashable {
        /// Its path, as far as it has one.
        public var path: String

        /// Why it was left out.
        public var reason: String
    }

    /// What the list held besides its entries.
    public struct Summary: Sendable, Hashable {
        /// How many entries were handed out.
        public var entries = 0

        /// How many were left out.
        public var skippedCount = 0

        /// The first hundred of those left out.
        public var skipped: [Skipped] = []
    }

    /// Reads a list.
    ///
    /// - Parameters:
    ///   - object: the object's name, for messages.
    ///   - feed: calls its argument with the list's bytes, chunk by chunk.
    ///   - entry: takes the entries in their order.
    /// - Returns: the counts.
    /// - Throws: `StoreFormatError` of kind `damaged` for a list that is not readable; whatever the closures throw.
    @discardableResult
    public static func read(
        object: String,
        feed: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void,
        entry: (FileEntry) throws -> Void
    ) throws -> Summary {
        try withoutActuallyEscaping(entry) { entry in
            var decoder = FileListDecoder(object: object)
            try feed { try decoder.consume($0, deliver: entry) }
            return try decoder.finish(deliver: entry)
        }
    }
}
