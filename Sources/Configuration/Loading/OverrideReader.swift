internal import YAML

/// Finds what variables and flags set, in the order in which it counts.
struct OverrideReader {
    /// What the names of variables begin with that set values.
    static let prefix = "DUNNAGE__"

    private let environment: EnvironmentVariables
    /// The names of the variables and paths that were set, as reports show them.
    private(set) var names: [String] = []

    init(_ environment: EnvironmentVariables) {
        self.environment = environment
    }

    /// The variables in the order of their names, then the flags as they were given.
    mutating func read(_ settings: [String], _ check: inout SchemaCheck) -> [Override] {
        let variables = variables().compactMap { variable($0, &check) }
        return variables + settings.compactMap { flag($0, &check) }
    }

    // MARK: Variables

    /// The names without `_FILE`, each once.
    private func variables() -> [String] {
        var names: Set<String> = []
        for name in environment.all.keys where name.hasPrefix(Self.prefix) {
            let isCounterpart = name.hasSuffix(EnvironmentVariables.suffix) && !Self.namesKey(name)
            names.insert(isCounterpart ? String(name.dropLast(EnvironmentVariables.suffix.count)) : name)
        }
        return names.sorted()
    }

    /// Whether a variable is a key of the schema as it stands, `_FILE` included.
    private static func namesKey(_ name: String) -> Bool {
        guard let path = OverridePath(variable: name.dropFirst(prefix.count), offset: 0) else { return false }
        var shape: Shape? = .object(ConfigurationSchema.root)
        var isKey = false
        for step in path.steps {
            isKey = false
            switch shape {
            case .object(let object)?, .oneOf(_, _, let object?)?:
                shape = object.key(named: step.text.lowercased())?.shape
                isKey = shape != nil
            case .named(let named)?: shape = named.value
            case .list(let item, _)?: shape = item
            default: shape = nil
            }
        }
        return isKey
    }

    private mutating func variable(_ name: String, _ check: inout SchemaCheck) -> Override? {
        let isDirect = environment.all[name] != nil
        let shown = isDirect ? name : name + EnvironmentVariables.suffix
        guard case .text(let value) = environment[name] else {
            let number = add(shown, .environment, name, &check)
            if let problem = environment.problem(with: name) {
                check.add(
                    problem.code, problem.message, at: check.sources.range(number, 0, name.unicodeScalars.count),
                    in: Place(), help: problem.help)
            }
            return nil
        }
        let number = add(shown, .environment, "\(name)=\(value)", &check)
        let end = name.unicodeScalars.count
        guard
            let path = OverridePath(
                variable: name.dropFirst(Self.prefix.count), offset: Self.prefix.unicodeScalars.count)
        else {
            check.sources.hide(end + 1, in: number)
            check.add(
                .badOverride, "`\(name)` names no value", at: check.sources.range(number, 0, end), in: Place(),
                help: ["write `DUNNAGE__JOBS__PHOTOS__OPTIONS__COMPRESSION`"])
            return nil
        }
        names.append(shown)
        return Override(source: number, path: path, value: end + 1..<end + 1 + value.unicodeScalars.count)
    }

    // MARK: Flags

    private mutating func flag(_ setting: String, _ check: inout SchemaCheck) -> Override? {
        let text = Array(setting.unicodeScalars)
        let end = Self.equals(text)
        let path = end.flatMap { OverridePath(dotted: Array(text[..<$0])) }
        guard let end, let path else {
            let number = add("--set", .flag, setting, &check)
            check.sources.hide(end ?? 0, in: number)
            check.add(
                .badOverride, "`--set` needs a path and a value", at: check.sources.range(number, 0, end ?? text.count),
                in: Place(), help: ["write `--set jobs.photos.options.compression=fast`"])
            return nil
        }
        let name = String(setting.unicodeScalars.prefix(end))
        let number = add("--set \(name)", .flag, setting, &check)
        names.append("--set \(name)")
        return Override(source: number, path: path, value: end + 1..<text.count)
    }

    /// The first `=` that is not in quotes.
    private static func equals(_ text: [Unicode.Scalar]) -> Int? {
        var isQuoted = false
        return text.firstIndex { character in
            if character == "\"" { isQuoted.toggle() }
            return character == "=" && !isQuoted
        }
    }

    private func add(_ name: String, _ kind: Origin.Kind, _ text: String, _ check: inout SchemaCheck) -> Int {
        let number = check.sources.add(name, kind, folder: ConfigurationFile.folder(of: "x"))
        if let source = try? SourceText(utf8: Array(text.utf8), number: number) {
            // Until it is known what the value is for, none of it may be shown.
            let value = text.unicodeScalars.firstIndex(of: "=").map {
                text.unicodeScalars.distance(from: text.unicodeScalars.startIndex, to: $0) + 1
            }
            check.sources.set(
                source, HiddenText((value ?? (kind == .flag ? 0 : source.characters.count))..<source.characters.count),
                for: number)
        }
        return number
    }
}
