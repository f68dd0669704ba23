internal import Support

/// The grammar of filter expressions, as far as it can be judged without compiling them.
enum Filters {
    static let groups = [
        "SystemFiles", "System", "Sys", "OperatingSystem", "OS", "CacheFiles", "CacheFolders", "Caches", "Cache",
        "TemporaryFiles", "TemporaryFolders", "TempFolders", "TempFiles", "Temp", "Tmp", "Applications", "Application",
        "Apps", "App", "DefaultExcludes", "DefaultExclude", "Excludes", "Exclude", "Exc", "DefaultIncludes",
        "DefaultInclude", "Includes", "Include", "Inc",
    ]

    static func problem(_ expression: String) -> ValueKind.Problem? {
        guard !expression.isEmpty, expression != "@" else {
            return ValueKind.Problem(code: .badFilter, message: "a filter cannot be empty in")
        }
        if expression.hasPrefix("{") { return groupProblem(expression) }
        if expression.hasPrefix("[") {
            guard expression.hasSuffix("]"), expression.count > 2 else {
                return ValueKind.Problem(
                    code: .badFilter, message: "% is not a regular expression in",
                    notes: ["a regular expression stands between `[` and `]`: `[.*\\.tmp]`"],
                    help: ["write `@\(expression)` for a path that begins with `[`"])
            }
            return nil
        }
        if !expression.contains("*"), !expression.contains("?"), !expression.hasPrefix("/"), !expression.hasPrefix("@")
        {
            return ValueKind.Problem(
                code: .uselessFilter, message: "% can match nothing in",
                notes: ["a filter without wildcards is compared with the complete path, which begins with `/`"],
                help: [
                    "write `*/\(expression)` for a file\(expression.hasSuffix("/") ? "" : ", or `*/\(expression)/` for a folder")"
                ])
        }
        // A wildcard may stand for the `/` that every path begins with; another character cannot.
        if let first = expression.first, !"/*?@".contains(first) {
            return ValueKind.Problem(
                code: .uselessFilter, message: "% can match nothing in",
                notes: ["a filter is compared with the complete path, which begins with `/`"],
                help: ["write `*/\(expression)`, or the path from `/` on"])
        }
        return nil
    }

    private static func groupProblem(_ expression: String) -> ValueKind.Problem? {
        guard expression.hasSuffix("}") else {
            return ValueKind.Problem(
                code: .badFilter, message: "% is not a group in",
                notes: ["a group stands between `{` and `}`: `{CacheFiles}`"])
        }
        let known = Set(groups.map { $0.lowercased() })
        for name in expression.dropFirst().dropLast().split(whereSeparator: { ",:;|".contains($0) }) {
            let name = String(name.filter { !$0.isWhitespace })
            guard !known.contains(name.lowercased()) else { continue }
            return ValueKind.Problem(
                code: .badFilter, message: "`\(name)` is not a group of filters in",
                notes: [
                    "groups: SystemFiles, OperatingSystem, CacheFiles, TemporaryFiles, Applications, DefaultExcludes"
                ],
                help: ValueKind.didYouMean(name, groups), part: name)
        }
        return nil
    }
}
