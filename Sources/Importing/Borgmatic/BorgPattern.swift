/// borg's patterns, as filters of this language.
///
/// borg compares paths without the slash that they begin with, and what it leaves out it leaves out with everything
/// below. Here the complete path is compared, and folders end with a slash.
enum BorgPattern {
    /// The expressions that together match what a pattern matches; empty for a style that is not known.
    /// - Parameters:
    ///   - text: the pattern, maybe with a style: `fm:`, `sh:`, `re:`, `pp:`, `pf:`.
    ///   - usual: the style of a pattern without one.
    /// - Returns: expressions of filters.
    static func expressions(_ text: String, usual: String) -> [String] {
        var style = usual
        var pattern = text
        let prefix = text.prefix(3)
        if prefix.count == 3, prefix.last == ":", prefix.dropLast().allSatisfy({ $0.isLowercase }) {
            style = String(prefix.dropLast())
            pattern = String(text.dropFirst(3))
        }
        guard !pattern.isEmpty else { return [] }
        switch style {
        case "re":
            // A search anywhere in the path, unless it is tied to an end.
            let isTied = pattern.hasSuffix("$") && !pattern.hasSuffix("\\$")
            let body = isTied ? String(pattern.dropLast()) : pattern
            let start = body.hasPrefix("^") ? "/\(body.dropFirst())" : ".*(\(body))"
            return ["[\(start)\(isTied ? "/?" : ".*")]"]
        case "pf": return ["@\(absolute(pattern))"]
        case "pp": return both(absolute(pattern))
        case "fm":
            guard !pattern.contains("[") else { return [regularExpression(pattern, star: ".*")] }
            return both(rooted(pattern))
        case "sh": return [regularExpression(pattern, star: "[^/]*")]
        default: return []
        }
    }

    private static func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : "/\(path)" }

    /// A glob from the root on, unless it begins with a star, which stands for any beginning.
    private static func rooted(_ pattern: String) -> String {
        pattern.hasPrefix("*") || pattern.hasPrefix("${") ? pattern : absolute(pattern)
    }

    /// The pattern for a file, and for a folder with what is in it.
    private static func both(_ pattern: String) -> [String] {
        if pattern.hasSuffix("*") { return [pattern] }
        // With a slash at its end it leaves the folder itself alone.
        if pattern.hasSuffix("/") { return ["\(pattern)?*"] }
        return [pattern, "\(pattern)/*"]
    }

    private static func regularExpression(_ pattern: String, star: String) -> String {
        var result = pattern.hasPrefix("*") || pattern.hasPrefix("/") ? "" : "/"
        if pattern.hasPrefix("*"), star != ".*" { result = "/" }
        var rest = pattern[...]
        while let character = rest.popFirst() {
            switch character {
            case "*" where star != ".*" && rest.hasPrefix("*/"):
                rest = rest.dropFirst(2)
                result += "(.*/)?"
            case "*" where rest.first == "*":
                rest = rest.dropFirst()
                result += ".*"
            case "*": result += star
            case "?": result += star == ".*" ? "." : "[^/]"
            case "[":
                guard let end = rest.dropFirst().firstIndex(of: "]") else {
                    result += "\\["
                    continue
                }
                var set = String(rest[..<end])
                if set.hasPrefix("!") { set = "^\(set.dropFirst())" }
                result += "[\(set.replacing("\\", with: "\\\\"))]"
                rest = rest[rest.index(after: end)...]
            default:
                if ".+(){}|^$\\]".contains(character) { result += "\\" }
                result.append(character)
            }
        }
        while result.hasSuffix("/") { result.removeLast() }
        return "[\(result)(/.*)?]"
    }
}
