internal import Secrets

/// Expands `$` expressions with compose's syntax: `${X}`, `${X:-default}`, `${X-default}`, `${X:?message}`,
/// `${X?message}`, `${X:+other}`, `${X+other}`, `$$`; and `${secret:name}`, which stays open.
///
/// It works on scalars after parsing, so a value can never add YAML, and positions stay true.
struct Interpolation {
    /// Something wrong with an expression.
    struct Problem {
        let code: DiagnosticCode
        let message: String
        var notes: [String] = []
        var help: [String] = []
        /// The characters of the text concerned.
        let place: Range<Int>
    }

    /// A secret that the text names, and the characters of its name.
    struct SecretUse {
        let reference: SecretReference
        let place: Range<Int>
    }

    /// What became of a text.
    struct Result {
        fileprivate(set) var pieces: [Template.Piece] = []
        fileprivate(set) var secrets: [SecretUse] = []
        fileprivate(set) var problems: [Problem] = []
        /// Whether anything was put in place of an expression.
        fileprivate(set) var isExpanded = false
        /// The variables that were read, with their values.
        fileprivate(set) var variables: [(name: String, value: String)] = []

        var template: Template { Template(pieces) }
    }

    let environment: EnvironmentVariables

    /// Expands with these variables.
    init(environment: [String: String]) {
        self.environment = EnvironmentVariables(environment)
    }

    /// Expands a text.
    func expand(_ text: String) -> Result {
        var result = Result()
        guard text.contains("$") else {
            result.pieces = [.text(text)]
            return result
        }
        let characters = Array(text.unicodeScalars)
        expand(characters, 0..<characters.count, depth: 0, into: &result)
        return result
    }

    private func expand(_ text: [Unicode.Scalar], _ range: Range<Int>, depth: Int, into result: inout Result) {
        var index = range.lowerBound
        var literal = String.UnicodeScalarView()
        func flush() {
            result.pieces.append(.text(String(literal)))
            literal = String.UnicodeScalarView()
        }
        while index < range.upperBound, result.problems.count < Self.mostProblems {
            let character = text[index]
            let next = index + 1 < range.upperBound ? text[index + 1] : nil
            if character != "$" {
                literal.append(character)
                index += 1
            } else if next == "$" {
                literal.append("$")
                result.isExpanded = true
                index += 2
            } else if next == "{" {
                guard let close = closingBrace(text, index + 2, range.upperBound) else {
                    result.problems.append(
                        Problem(
                            code: .badInterpolation, message: "`${` is never closed",
                            help: ["add the `}`, or write `$${` for the text `${`"], place: index..<range.upperBound))
                    break
                }
                flush()
                result.isExpanded = true
                expression(text, index + 2..<close, depth: depth, into: &result)
                index = close + 1
            } else if let next, isNameStart(next) {
                let end = text[(index + 1)..<range.upperBound].firstIndex { !isNamePart($0) } ?? range.upperBound
                let name = string(text, index + 1..<end)
                result.problems.append(
                    Problem(
                        code: .badInterpolation, message: "a variable needs braces: `$\(name)`",
                        help: ["write `${\(name)}` for the variable, or `$$\(name)` for the text"], place: index..<end))
                index = end
            } else {
                literal.append("$")
                index += 1
            }
        }
        flush()
    }

    /// The brace that closes an expression whose body begins at `start`.
    private func closingBrace(_ text: [Unicode.Scalar], _ start: Int, _ end: Int) -> Int? {
        var open = 1
        var index = start
        while index < end {
            if text[index] == "$", index + 1 < end, text[index + 1] == "$" || text[index + 1] == "{" {
                if text[index + 1] == "{" { open += 1 }
                index += 2
                continue
            }
            if text[index] == "}" {
                open -= 1
                if open == 0 { return index }
            }
            index += 1
        }
        return nil
    }

    // MARK: Expressions

    private static let deepest = 8
    /// A text with that many mistakes is no configuration, and the rest of them says nothing new.
    private static let mostProblems = 100
    private static let secretPrefix = Array("secret:".unicodeScalars)

    private func expression(_ text: [Unicode.Scalar], _ body: Range<Int>, depth: Int, into result: inout Result) {
        let whole = body.lowerBound - 2..<body.upperBound + 1
        guard depth < Self.deepest else {
            result.problems.append(
                Problem(code: .badInterpolation, message: "expressions are nested too deep", place: whole))
            return
        }
        if let name = secretName(text, body) {
            secret(string(text, name), whole, name, into: &result)
            return
        }
        let nameEnd = text[body].firstIndex { !isNamePart($0) } ?? body.upperBound
        let name = string(text, body.lowerBound..<nameEnd)
        guard let first = name.unicodeScalars.first, isNameStart(first) else {
            result.problems.append(
                Problem(
                    code: .badInterpolation, message: "`\(string(text, whole))` does not begin with a variable's name",
                    help: ["write `${NAME}`, `${NAME:-default}`, `${NAME:?message}` or `${secret:name}`"], place: whole)
            )
            return
        }
        variable(name, text, nameEnd..<body.upperBound, whole, depth: depth, into: &result)
    }

    /// The name in `secret:name`; `${secret:-x}` and its like are about a variable called `secret`.
    private func secretName(_ text: [Unicode.Scalar], _ body: Range<Int>) -> Range<Int>? {
        guard text[body].starts(with: Self.secretPrefix) else { return nil }
        let name = body.lowerBound + Self.secretPrefix.count..<body.upperBound
        if let first = text[name].first, "-?+".unicodeScalars.contains(first) { return nil }
        return name
    }

    private func secret(_ name: String, _ whole: Range<Int>, _ place: Range<Int>, into result: inout Result) {
        guard Names.isSecretName(name) else {
            result.problems.append(
                Problem(
                    code: .badInterpolation, message: "`${secret:…}` does not hold a secret's name",
                    notes: [Names.secretRule], place: whole))
            return
        }
        let reference = SecretReference(name)
        result.secrets.append(SecretUse(reference: reference, place: place))
        result.pieces.append(.secret(reference))
    }

    private func variable(
        _ name: String, _ text: [Unicode.Scalar], _ rest: Range<Int>, _ whole: Range<Int>, depth: Int,
        into result: inout Result
    ) {
        var operation = rest.lowerBound
        let countsEmpty = operation < rest.upperBound && text[operation] == ":"
        if countsEmpty { operation += 1 }
        let sign = operation < rest.upperBound ? text[operation] : nil
        let value: String?
        switch environment[name] {
        case .unset: value = nil
        case .text(let text): value = text
        case .twice, .unusable:
            unusable(name, whole, into: &result)
            return
        }
        let isGiven = value.map { !(countsEmpty && $0.isEmpty) } ?? false
        func use() {
            result.pieces.append(.text(value ?? ""))
            result.variables.append((name, value ?? ""))
        }
        let argument = min(operation + 1, rest.upperBound)..<rest.upperBound
        switch sign {
        case nil where !countsEmpty:
            if value != nil { use() } else { undefined(name, "", whole, into: &result) }
        case "-":
            if isGiven { use() } else { expand(text, argument, depth: depth + 1, into: &result) }
        case "+":
            if isGiven { expand(text, argument, depth: depth + 1, into: &result) }
        case "?":
            if isGiven { use() } else { undefined(name, string(text, argument), whole, into: &result) }
        default:
            result.problems.append(
                Problem(
                    code: .badInterpolation, message: "`\(string(text, whole))` cannot be read after `\(name)`",
                    help: ["write `${\(name)}`, `${\(name):-default}` or `${\(name):?message}`"], place: whole))
        }
    }

    private func undefined(_ name: String, _ message: String, _ place: Range<Int>, into result: inout Result) {
        let state = environment[name] == .unset ? "not set" : "empty"
        let help =
            message.isEmpty
            ? ["set \(name) in the environment, or give a default: `${\(name):-value}`"]
            : ["set \(name) in the environment"]
        result.problems.append(
            Problem(
                code: .undefinedVariable,
                message: "variable `\(name)` is \(state)\(message.isEmpty ? "" : ": \(message)")", help: help,
                place: place))
    }

    private func unusable(_ name: String, _ place: Range<Int>, into result: inout Result) {
        guard let problem = environment.problem(with: name) else { return }
        result.problems.append(
            Problem(code: problem.code, message: problem.message, help: problem.help, place: place))
    }

    private func isNameStart(_ character: Unicode.Scalar) -> Bool {
        character == "_" || ("a"..."z").contains(character) || ("A"..."Z").contains(character)
    }

    private func isNamePart(_ character: Unicode.Scalar) -> Bool {
        isNameStart(character) || ("0"..."9").contains(character)
    }

    private func string(_ text: [Unicode.Scalar], _ range: Range<Int>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: text[range])
        return String(view)
    }
}
