internal import Configuration
internal import JSON
internal import Listening

/// Something that can be asked of the service: a row of the table that requests are routed by and that the OpenAPI
/// document is made from.
struct Operation: Sendable {
    /// Who may ask.
    enum Access: Sendable, Hashable {
        /// Anybody: the answer says nothing that is worth hiding.
        case open
        /// Whoever has a token of that scope, or is at the socket.
        case scope(APISettings.Scope)
    }

    /// Something in the path or the query.
    struct Parameter: Sendable {
        let name: String
        let schema: Schema
        let summary: String
        /// What holds without it.
        var usual: JSONValue?

        init(_ name: String, _ schema: Schema, _ summary: String, usual: JSONValue? = nil) {
            self.name = name
            self.schema = schema
            self.summary = summary
            self.usual = usual
        }
    }

    /// What is sent along.
    struct Body: Sendable {
        let schema: Schema
        let isRequired: Bool
    }

    /// What is answered when all is well.
    struct Answer: Sendable {
        let status: Int
        let summary: String
        let type: String
        let schema: Schema?

        static func json(_ schema: Schema, _ summary: String, status: Int = 200) -> Answer {
            Answer(status: status, summary: summary, type: "application/json", schema: schema)
        }

        static func text(_ summary: String, type: String = "text/plain; charset=utf-8") -> Answer {
            Answer(status: 200, summary: summary, type: type, schema: .text())
        }
    }

    /// What clients that are generated call it.
    let name: String
    let method: String
    let path: PathTemplate
    let tag: String
    let summary: String
    let access: Access
    var parameters: [Parameter] = []
    var body: Body?
    let answer: Answer
    /// What may go wrong beside what may for all of them, by status.
    var problems: [(status: Int, summary: String)] = []
    let perform: @Sendable (ServiceAPI, Call) throws -> ServerResponse
}

/// A request that was let in, with its parameters checked.
struct Call: Sendable {
    /// What stands in the path and the query.
    let values: [String: JSONValue]
    /// What was sent along; an object without members when nothing was.
    let body: JSONValue
    /// Who asks.
    let caller: Caller

    /// A text.
    func text(_ name: String) -> String? { values[name]?.string }

    /// A number.
    func number(_ name: String) -> Int? { values[name]?.integer.map { Int($0) } }
}
