internal import Secrets
internal import YAML

extension SchemaCheck {
    /// Checks a single value: its type, its `$` expressions, and whether it can be what it must be.
    mutating func check(_ node: Node, _ kind: ValueKind, at place: Place) {
        guard let scalar = node.scalar, scalar.value != .null else {
            wrongType(node, expected: kind.noun, at: place)
            return
        }
        checkHygiene(node, scalar, kind, at: place)
        let expanded = interpolation.expand(scalar.text)
        // What is not asked for is not computed: most values have neither problems nor secrets.
        let isPlain = expanded.problems.isEmpty && expanded.secrets.isEmpty
        let written = WrittenText(isPlain ? nil : node, in: sources[node.range].text)
        for problem in expanded.problems {
            add(
                problem.code, problem.message, at: written.range(of: problem.place) ?? node.range, in: place,
                notes: problem.notes, help: problem.help)
        }
        for secret in expanded.secrets {
            let range = written.range(of: secret.place) ?? node.range
            if kind.secrets == .refused {
                add(
                    .secretTooEarly, "a secret cannot be used in \(place.name)", at: range, in: place,
                    notes: ["the value is needed when the file is read, and secrets are read when a job runs"])
            }
            use(.secret, secret.reference.name, range, place)
        }
        guard expanded.problems.isEmpty, kind.secrets == .kept || expanded.secrets.isEmpty else { return }
        let text = Self.text(expanded.template)
        guard fits(node, scalar, text, expanded.isExpanded, kind, at: place) else { return }
        if let problem = kind.check(text) {
            report(problem, node, scalar, expanded, kind, at: place)
        } else if let reference = kind.reference {
            use(reference, text, node.range, place)
        } else if kind.pending.contains(text) {
            postpone("`\(place.key): \(text)`", node.range, place)
        } else if kind.isVariable, interpolation.environment.isSetTwice(text) {
            let counterpart = text + EnvironmentVariables.suffix
            add(
                .variableTwice, "`\(text)` and `\(counterpart)` are both set", at: node.range, in: place,
                help: ["unset one of them"])
        }
    }

    /// The text with open secrets as references.
    private static func text(_ template: Template) -> String {
        template.pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .secret(let reference): reference.description
            }
        }.joined()
    }

    /// Whether the YAML type fits; a text with variables has the type of its result, as in compose: between braces and
    /// brackets it must be quoted, which says nothing about what is meant.
    private mutating func fits(
        _ node: Node, _ scalar: Scalar, _ text: String, _ isExpanded: Bool, _ kind: ValueKind, at place: Place
    ) -> Bool {
        let value = isExpanded ? Scalar(text, style: .plain).value : scalar.value
        switch kind.accepted {
        case .words: return true
        case .text:
            if case .string = value { return true }
            if isExpanded { return true }
            wrongType(node, expected: kind.noun, at: place, help: ["put it in quotes: `\"\(scalar.text)\"`"])
        case .integer:
            if case .integer = value { return true }
            let isQuoted = scalar.style != .plain && Scalars.integer(text) != nil
            wrongType(node, expected: kind.noun, at: place, help: isQuoted ? ["write it without quotes"] : [])
        }
        return false
    }

    private mutating func report(
        _ problem: ValueKind.Problem, _ node: Node, _ scalar: Scalar, _ expanded: Interpolation.Result,
        _ kind: ValueKind, at place: Place
    ) {
        let shown = kind.isCredential ? "the value" : "`\(Self.shortened(CredentialNames.maskingURL(scalar.text)))`"
        var notes = problem.notes
        let telling = expanded.variables.filter { !CredentialNames.isCredential($0.name) }
        for (name, value) in telling {
            notes.append("`\(name)` is `\(Self.shortened(CredentialNames.maskingURL(value)))`")
        }
        // Advice repeats the value, which may hold a credential.
        let help = telling.count == expanded.variables.count ? problem.help : []
        add(
            problem.code, Self.sentence(problem.message.replacing("%", with: shown), place),
            at: problem.part.flatMap { WrittenText(node, in: sources[node.range].text).range(ofFirst: $0) }
                ?? node.range, in: place,
            notes: notes, help: help)
    }

    /// The message with the place, where it asks for one.
    private static func sentence(_ message: String, _ place: Place) -> String {
        message.hasSuffix(" in") || message.hasSuffix(" for") ? "\(message) \(place.name)" : message
    }

    private static func shortened(_ text: String) -> String {
        text.count > 60 ? "\(text.prefix(59))…" : text
    }

    // MARK: Hygiene

    private mutating func checkHygiene(_ node: Node, _ scalar: Scalar, _ kind: ValueKind, at place: Place) {
        let isOption = kind.noun == ValueKind.option.noun
        if kind.isCredential || (isOption || kind.isLogin) && CredentialNames.isCredential(place.key) {
            guard !scalar.text.isEmpty, !HiddenText.isReference(scalar.text) else { return }
            literalSecret(
                node.range, at: place,
                help: isOption
                    ? "use `${secret:NAME}`"
                    : "use `{ secret: NAME }`, `{ file: /run/secrets/NAME }` or `{ env: NAME }`")
        } else if kind.isURL {
            let parts = CredentialNames.offsets(inURL: scalar.text)
            let written = WrittenText(parts.isEmpty ? nil : node, in: sources[node.range].text)
            for part in parts {
                literalSecret(
                    written.range(of: part) ?? node.range, at: place, help: "write `${secret:NAME}` in its place")
            }
        } else if isOption, scalar.style == .plain, let modern = Self.oldBooleans[scalar.text.lowercased()] {
            add(
                .oldBoolean, "`\(scalar.text)` is a text in \(place.name), not a boolean", at: node.range, in: place,
                notes: ["YAML 1.2 knows true and false only"],
                help: ["write `\(modern)`, or `\"\(scalar.text)\"` if the text is meant"])
        }
    }

    private static let oldBooleans = [
        "yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false",
    ]

    private mutating func literalSecret(_ range: SourceRange, at place: Place, help: String) {
        add(
            .literalSecret, "\(place.name) holds a literal secret", at: range, in: place,
            notes: [sources[range].kind.exposure], help: [help])
    }
}
