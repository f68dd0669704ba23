/// A path with names in braces for what differs: `/api/v1/jobs/{job}/run`.
struct PathTemplate: Sendable, Hashable, CustomStringConvertible {
    private enum Part: Sendable, Hashable {
        case word(String)
        case parameter(String)
    }

    /// As it is written.
    let description: String
    private let parts: [Part]

    init(_ text: String) {
        description = text
        parts = text.split(separator: "/").map { part in
            part.hasPrefix("{") ? .parameter(String(part.dropFirst().dropLast())) : .word(String(part))
        }
    }

    /// The names in braces.
    var parameters: [String] {
        parts.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
    }

    /// What stands in the places of the names; nil when the path is another one.
    func match(_ path: [String]) -> [String: String]? {
        guard path.count == parts.count else { return nil }
        var found: [String: String] = [:]
        for (part, text) in zip(parts, path) {
            switch part {
            case .word(let word): if word != text { return nil }
            case .parameter(let name): found[name] = text
            }
        }
        return found
    }
}
