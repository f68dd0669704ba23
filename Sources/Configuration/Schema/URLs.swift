/// What a URL must look like, before anybody knows what its scheme asks for.
enum URLs {
    static func problem(_ url: String, schemes: [String] = [], allowsPath: Bool = false) -> ValueKind.Problem? {
        // A secret at the beginning may be the whole URL.
        if url.hasPrefix("${secret:") { return nil }
        // What may be a path is a destination, whose store may be divided.
        let placeholders =
            [DestinationSpecification.jobPlaceholder] + (allowsPath ? [DestinationSpecification.shardPlaceholder] : [])
        if allowsPath, url.hasPrefix("/") { return placeholderProblem(url, placeholders) }
        guard let end = url.firstRange(of: "://"), isScheme(url[..<end.lowerBound]) else {
            let forms = allowsPath ? "scheme://host/path or /path" : "https://host/path"
            return ValueKind.Problem(code: .badURL, message: "the value is not a URL in", notes: ["expected \(forms)"])
        }
        let scheme = url[..<end.lowerBound].lowercased()
        guard schemes.isEmpty || schemes.contains(scheme) else {
            return ValueKind.Problem(
                code: .badURL, message: "`\(scheme)` is not a scheme that fits in",
                notes: ["one of: \(schemes.joined(separator: ", "))"])
        }
        guard !url[end.upperBound...].isEmpty else {
            return ValueKind.Problem(code: .badURL, message: "the URL ends after its scheme in")
        }
        guard !url.contains(where: { $0.isWhitespace || $0.isNewline }) || scheme == "file" else {
            return ValueKind.Problem(
                code: .badURL, message: "the URL holds white space in", help: ["write `%20` for a space"])
        }
        return placeholderProblem(url, placeholders)
    }

    private static func isScheme(_ text: Substring) -> Bool {
        guard let first = text.first, first.isASCII, first.isLetter else { return false }
        return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
    }

    /// A brace that is neither a placeholder nor a secret.
    private static func placeholderProblem(_ url: String, _ known: [String]) -> ValueKind.Problem? {
        var rest = url.replacing("${secret:", with: "")[...]
        while let open = rest.firstIndex(of: "{") {
            let close = rest[open...].firstIndex(of: "}") ?? rest.index(before: rest.endIndex)
            let placeholder = rest[open...close]
            guard known.contains(String(placeholder)) else {
                return ValueKind.Problem(
                    code: .badURL, message: "`\(placeholder)` is not a placeholder in",
                    notes: ["known: \(known.joined(separator: ", "))"],
                    help: ["write `%7B` and `%7D` for braces"], part: String(placeholder))
            }
            rest = rest[rest.index(after: close)...]
        }
        return nil
    }
}
