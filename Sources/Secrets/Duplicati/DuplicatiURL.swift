internal import Support

/// A URL as Duplicati reads them: parameters are percent-encoded, `+` means a space, names match in any letter case.
struct DuplicatiURL {
    let scheme: String
    /// Host, port and path, as written.
    let place: String
    private let parameters: [String: String]

    /// Reads a URL; nil without a scheme.
    init?(_ text: String) {
        guard let end = text.firstRange(of: "://") else { return nil }
        scheme = text[..<end.lowerBound].lowercased()
        let rest = text[end.upperBound...]
        let question = rest.firstIndex(of: "?") ?? rest.endIndex
        place = String(rest[..<question])
        var parameters: [String: String] = [:]
        for pair in rest[question...].dropFirst().split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? Self.decoded(parts[1]) : ""
            parameters[Self.decoded(parts[0]).lowercased()] = value
        }
        self.parameters = parameters
    }

    /// A parameter that holds something.
    subscript(name: String) -> String? { parameters[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// Whether a switch is on: present without a value, or with one that does not mean no.
    func isOn(_ name: String) -> Bool {
        guard let value = parameters[name] else { return false }
        return !["0", "off", "false", "no"].contains(value.lowercased())
    }

    /// The items of a list, which commas or semicolons separate.
    func list(_ name: String) -> [String] {
        (parameters[name] ?? "").split(whereSeparator: { $0 == "," || $0 == ";" }).map { item in
            String(item.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }.filter { !$0.isEmpty }
    }

    /// The URL itself, or that of the variable that stands in its place.
    static func expanded(_ text: String, environment: [String: String]) -> String {
        let name: Substring
        if text.hasPrefix("${"), text.hasSuffix("}") {
            name = text.dropFirst(2).dropLast()
        } else if text.hasPrefix("$") {
            name = text.dropFirst()
        } else if text.count > 2, text.hasPrefix("%"), text.hasSuffix("%") {
            name = text.dropFirst().dropLast()
        } else {
            return text
        }
        return environment[String(name)] ?? text
    }

    static func decoded(_ text: some StringProtocol) -> String {
        String(decoding: PercentEncoding.decode(String(text).replacing("+", with: " ")), as: UTF8.self)
    }
}
