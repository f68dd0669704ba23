/// restic's exclude patterns, as filters of this language.
///
/// A star does not match a slash there, and a pattern that does not begin with a slash matches the end of a path.
enum ResticPattern {
    /// The expressions that together match what a pattern matches.
    static func expressions(_ text: String, ignoresCase: Bool = false) -> [String] {
        var pattern = text
        while pattern.count > 1, pattern.hasSuffix("/") { pattern.removeLast() }
        let isAbsolute = pattern.hasPrefix("/") || pattern.hasPrefix("${")
        if !ignoresCase, !pattern.contains(where: { "*?[\\".contains($0) }) {
            let path = isAbsolute ? pattern : "*/\(pattern)"
            return [path, "\(path)/"]
        }
        // A star at the beginning of a name may as well match slashes: what is in front of it is any folder.
        let rest = pattern.dropFirst()
        if !ignoresCase, !isAbsolute, pattern.hasPrefix("*"), !rest.contains(where: { "*?[\\/".contains($0) }) {
            return ["*\(rest)", "*\(rest)/"]
        }
        return [regularExpression(pattern, isAbsolute: isAbsolute, ignoresCase: ignoresCase)]
    }

    private static func regularExpression(_ pattern: String, isAbsolute: Bool, ignoresCase: Bool) -> String {
        var result = isAbsolute ? "" : ".*/"
        var rest = pattern[...]
        while let character = rest.popFirst() {
            switch character {
            case "*" where rest.hasPrefix("*/"):
                rest = rest.dropFirst(2)
                result += "(.*/)?"
            case "*" where rest.first == "*":
                rest = rest.dropFirst()
                result += ".*"
            case "*": result += "[^/]*"
            case "?": result += "[^/]"
            case "\\":
                if let next = rest.popFirst() { result += "\\\(next)" }
            case "[":
                guard let end = rest.dropFirst().firstIndex(of: "]") else {
                    result += "\\["
                    continue
                }
                result += "[\(rest[..<end])]"
                rest = rest[rest.index(after: end)...]
            default:
                if ".+(){}|^$]".contains(character) { result += "\\" }
                result.append(character)
            }
        }
        return "[\(ignoresCase ? "(?i)" : "")\(result)/?]"
    }
}
