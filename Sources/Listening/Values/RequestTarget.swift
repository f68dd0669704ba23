/// The path and the query of a request, decoded strictly.
///
/// A target with bad percent encoding, with zero bytes, with text that is not UTF-8, or with `.` or `..` as a part of its
/// path, encoded or not, never becomes one.
public struct RequestTarget: Sendable, Hashable {
    /// One name with its value.
    public struct QueryItem: Sendable, Hashable {
        /// The name, decoded.
        public let name: String
        /// The value, decoded; empty when there is none.
        public let value: String
    }

    /// The path as it was sent, as in `/api/v1/jobs`; `*` for the request `OPTIONS *`.
    public let rawPath: String
    /// The parts between the slashes, decoded: none for `/`, and an empty last one for a path that ends with a slash.
    ///
    /// A part may hold a slash that was sent as `%2F`, so parts are not to be joined to paths of files.
    public let path: [String]
    /// The query as it was sent, without the question mark; nil when there is none.
    public let rawQuery: String?
    /// The query's names and values in their order, decoded as forms are: `+` is a blank.
    public let query: [QueryItem]
}
