public import JSON
internal import Support

/// What one receiver is sent, as it waits in the outbox: without its address and its credentials, which are added when
/// it is sent.
public struct ReportMessage: Sendable, Hashable {
    /// A name and a value.
    public struct Field: Sendable, Hashable {
        /// The name.
        public let name: String
        /// The value.
        public let value: String

        /// A field from its parts.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// What names it: the same for every attempt, so that a receiver knows what it has already.
    public var id: String
    /// `POST`, `PUT` or `GET`; nothing that is no HTTP looks at it.
    public var method: String
    /// What follows the path of the receiver's URL: `/start`.
    public var path: String
    /// What follows the query of the receiver's URL.
    public var query: [Field]
    /// Header fields.
    public var headers: [Field]
    /// What it says, in UTF-8.
    public var body: [UInt8]

    /// A message from its parts.
    public init(
        id: String, method: String = "POST", path: String = "", query: [Field] = [], headers: [Field] = [],
        body: [UInt8] = []
    ) {
        self.id = id
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// All but the body, as JSON.
    public var envelope: JSONValue {
        .object([
            .init("id", .string(id)), .init("method", .string(method)), .init("path", .string(path)),
            .init("query", .array(query.map(\.json))), .init("headers", .array(headers.map(\.json))),
        ])
    }

    /// A message that was kept.
    /// - Returns: nil when the envelope is of another make.
    public init?(envelope: JSONValue, body: [UInt8]) {
        guard let id = envelope["id"]?.string, let method = envelope["method"]?.string,
            let path = envelope["path"]?.string, let query = envelope["query"]?.array,
            let headers = envelope["headers"]?.array
        else { return nil }
        self.init(
            id: id, method: method, path: path, query: query.compactMap(Field.init(json:)),
            headers: headers.compactMap(Field.init(json:)), body: body)
    }
}

extension ReportMessage {
    /// A message whose body is JSON.
    init(_ id: String, path: String = "", headers: [Field] = [], json: JSONValue) {
        self.init(
            id: id, path: path, headers: [Field("Content-Type", "application/json")] + headers,
            body: json.serialized())
    }

    /// A message whose body is a text.
    init(_ id: String, path: String = "", query: [Field] = [], headers: [Field] = [], text: String) {
        self.init(
            id: id, path: path, query: query, headers: [Field("Content-Type", "text/plain; charset=utf-8")] + headers,
            body: Array(text.utf8))
    }
}

extension ReportMessage.Field {
    fileprivate var json: JSONValue { .array([.string(name), .string(value)]) }

    fileprivate init?(json: JSONValue) {
        guard let parts = json.array, parts.count == 2, let name = parts[0].string, let value = parts[1].string else {
            return nil
        }
        self.init(name, value)
    }
}
