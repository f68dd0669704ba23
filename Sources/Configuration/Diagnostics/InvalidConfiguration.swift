/// A configuration that cannot be used, with everything that is wrong with it.
public struct InvalidConfiguration: Error, Sendable, Hashable, Codable, CustomStringConvertible {
    /// The path as it was given; several are separated by spaces.
    public let file: String
    /// All problems, warnings too, in the order of the files; at least one is an error.
    public let diagnostics: [Diagnostic]

    /// The problems as they are printed, with the count at the end.
    public func render() -> String {
        Diagnostic.render(diagnostics, file: file)
    }

    /// How many errors there are, and the first of them.
    public var description: String {
        let errors = diagnostics.filter { $0.severity == .error }
        guard let first = errors.first else { return "\(file) cannot be used" }
        let more = errors.count > 1 ? ", and \(errors.count - 1) more" : ""
        return "\(first.place): \(first.message)\(more). Run `dunnage validate \(file)`"
    }
}
