/// What filter expressions may refer to outside themselves.
public struct FilterContext: Sendable {
    /// Values for `%NAME%` in expressions.
    public var variables: [String: String]
    /// The folder for temporary files; part of the group `TemporaryFiles`.
    public var temporaryFolder: String

    /// A context of given values.
    public init(variables: [String: String] = [:], temporaryFolder: String = "/tmp") {
        self.variables = variables
        self.temporaryFolder = temporaryFolder
    }

    /// The context of a process with this environment.
    public init(environment: [String: String]) {
        self.init(variables: environment, temporaryFolder: environment["TMPDIR"] ?? "/tmp")
    }

    /// Replaces every `%NAME%` whose name has a value; anything else stays as it is.
    func expandingVariables(in text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        let parts = text.split(separator: "%", omittingEmptySubsequences: false)
        var result = String(parts[0])
        var index = 1
        while index < parts.count {
            if index + 1 < parts.count, let value = variables[String(parts[index])] {
                result += value + parts[index + 1]
                index += 2
            } else {
                result += "%" + parts[index]
                index += 1
            }
        }
        return result
    }
}
