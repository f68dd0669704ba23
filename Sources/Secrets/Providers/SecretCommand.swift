internal import Support

/// What a program writes to its standard output; no shell reads its arguments.
public struct SecretCommand: Sendable, Hashable {
    /// The program and its arguments; they are visible to everybody on the machine.
    public let arguments: [String]
    /// What it has in its environment beside `PATH`, `HOME` and the like.
    public let environment: [String: Template]
    /// How long it may take, in seconds.
    public let timeout: Int64

    /// A program that takes 30 seconds at most, unless told.
    public init(_ arguments: [String], environment: [String: Template] = [:], timeout: Int64 = 30) {
        self.arguments = arguments
        self.environment = environment
        self.timeout = timeout
    }
}

extension SecretCommand: SecretProvider {
    // Arguments may be telling, the program's name is enough.
    var provenance: String { "command \(arguments.first ?? "")" }

    func fetch(_ session: SecretSession) throws(SecretError) -> Secret {
        var variables: [String: String] = [:]
        for (name, template) in environment { variables[name] = try session.text(template) }
        return try ProgramCall(
            session: session, provider: "command", place: arguments.first ?? "", arguments: arguments,
            timeout: .seconds(timeout), environment: variables
        ).secret()
    }
}

extension SecretSession {
    /// The text of a template with its secrets filled in as they are.
    func text(_ template: Template) throws(SecretError) -> String {
        var text = ""
        for piece in template.pieces {
            switch piece {
            case .text(let literal): text += literal
            case .secret(let reference): text += try resolve(reference).reveal()
            }
        }
        return text
    }
}
