/// A file of `NAME=value` lines, as `docker run --env-file` and compose read them.
enum Dotenv {
    /// The variables in the order of the file; of equal names the last one counts.
    static func variables(in text: String) -> [(name: String, value: String)] {
        var found: [(name: String, value: String)] = []
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)[...]
        while let raw = lines.popFirst() {
            var line = raw.trimmed
            if line.hasPrefix("export ") { line = String(line.dropFirst(7)).trimmed }
            guard !line.isEmpty, !line.hasPrefix("#"), let equals = line.firstIndex(of: "=") else { continue }
            let name = line[..<equals].trimmed
            var rest = line[line.index(after: equals)...].trimmed
            if let quote = rest.first, "\"'".contains(quote) {
                // A quoted value may go on over several lines.
                while !closes(rest, quote), let next = lines.popFirst() { rest += "\n\(next)" }
                rest = unquoted(rest, quote)
            } else if let comment = rest.firstRange(of: " #") {
                rest = rest[..<comment.lowerBound].trimmed
            }
            found.removeAll { $0.name == name }
            found.append((name, rest))
        }
        return found
    }

    private static func closes(_ text: String, _ quote: Character) -> Bool {
        var isEscaped = false
        for character in text.dropFirst() {
            if isEscaped {
                isEscaped = false
            } else if character == "\\", quote == "\"" {
                isEscaped = true
            } else if character == quote {
                return true
            }
        }
        return false
    }

    private static func unquoted(_ text: String, _ quote: Character) -> String {
        var result = ""
        var rest = text.dropFirst()
        while let character = rest.popFirst(), character != quote {
            guard character == "\\", quote == "\"", let next = rest.popFirst() else {
                result.append(character)
                continue
            }
            switch next {
            case "n": result.append("\n")
            case "t": result.append("\t")
            case "\"", "\\", "$": result.append(next)
            default: result += "\\\(next)"
            }
        }
        return result
    }
}
