/// A part of a file of this machine, as the body of a request.
///
/// The file is opened for each exchange, so that a request that is sent again begins at the slice's first byte.
public struct FileSlice: Sendable, Hashable {
    /// Where the file is.
    public let path: String
    /// The first byte.
    public let offset: Int64
    /// How many bytes; a file that has fewer fails the request.
    public let count: Int64

    /// A part of a file.
    public init(path: String, offset: Int64 = 0, count: Int64) {
        self.path = path
        self.offset = offset
        self.count = count
    }
}
