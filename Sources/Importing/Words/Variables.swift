/// Variables of the environment in the texts of other programs: `${NAME}`, also with a default, `${NAME:-text}`.
enum Variables {
    /// Stands for a dollar that begins a variable, in words of a shell that also know dollars which mean themselves.
    static let mark: Character = "\u{E000}"

    /// A variable at the beginning of a text.
    private struct Reference {
        let name: String
        let fallback: String?
        /// What follows it.
        let rest: Substring
    }

    /// The variable whose value a whole text is; `nil` when the text has anything else.
    static func only(_ text: String) -> String? {
        guard let reference = reference(text[...], "$"), reference.rest.isEmpty else { return nil }
        return reference.name
    }

    /// The variable that a whole word of a shell is, which may do without braces.
    static func onlyMarked(_ word: String) -> String? {
        guard word.first == mark else { return nil }
        let name = String(word.dropFirst())
        return isName(name) ? name : reference(word[...], mark).flatMap { $0.rest.isEmpty ? $0.name : nil }
    }

    /// A text in this language's notation: its variables stay, and every other dollar means itself.
    static func written(_ text: String) -> DraftValue {
        let pieces = pieces(of: text)
        guard pieces.contains(where: \.isVariable) else { return .text(text) }
        return .word(pieces.map { $0.isVariable ? $0.text : DraftWriter.escaped($0.text) }.joined())
    }

    /// Changes what stands between the variables of a text.
    static func mapped(_ text: String, _ change: (String) -> String) -> String {
        pieces(of: text).map { $0.isVariable ? $0.text : change($0.text) }.joined()
    }

    /// A text with the defaults in place of those variables that have one.
    static func withDefaults(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while !rest.isEmpty {
            if let found = reference(rest, "$"), let fallback = found.fallback {
                result += fallback
                rest = found.rest
            } else if let character = rest.popFirst() {
                result.append(character)
            }
        }
        return result
    }

    /// A shell's word in this language's notation.
    /// - Parameters:
    ///   - word: the word, with marks.
    ///   - change: writes what stands between its variables.
    /// - Returns: the text.
    static func unmarked(_ word: String, _ change: (String) -> String) -> String {
        var result = ""
        var between = ""
        func end(_ name: String) {
            result += change(between) + "${\(name)}"
            between = ""
        }
        var rest = word[...]
        while let character = rest.first {
            if character == mark, let found = reference(rest, mark) {
                end(found.name)
                rest = found.rest
                continue
            }
            rest = rest.dropFirst()
            let name = String(rest.prefix { isPart($0) })
            if character == mark, isName(name) {
                end(name)
                rest = rest.dropFirst(name.count)
            } else {
                between.append(character == mark ? "$" : character)
            }
        }
        return result + change(between)
    }

    /// A shell's word with plain dollars.
    static func plain(_ word: String) -> String { String(word.map { $0 == mark ? "$" : $0 }) }

    /// The variables of a value that have to be set where it is read: those without a default.
    static func needed(by value: DraftValue) -> [String] {
        switch value {
        case .text: return []
        case .list(let items): return items.flatMap { needed(by: $0) }
        case .mapping(let mapping): return mapping.entries.flatMap { needed(by: $0.value) }
        case .word(let word):
            // Two dollars are one that means itself.
            return pieces(of: word.replacing("$$", with: "")).compactMap { piece in
                guard piece.isVariable, let found = reference(piece.text[...], "$") else { return nil }
                return found.fallback == nil ? found.name : nil
            }
        }
    }

    // MARK: Parts

    private static func pieces(of text: String) -> [(text: String, isVariable: Bool)] {
        var result: [(text: String, isVariable: Bool)] = []
        var plain = ""
        var rest = text[...]
        while !rest.isEmpty {
            if let found = reference(rest, "$") {
                if !plain.isEmpty { result.append((plain, false)) }
                plain = ""
                result.append((String(rest[..<found.rest.startIndex]), true))
                rest = found.rest
            } else if let character = rest.popFirst() {
                plain.append(character)
            }
        }
        if !plain.isEmpty { result.append((plain, false)) }
        return result
    }

    private static func reference(_ text: Substring, _ sign: Character) -> Reference? {
        guard text.first == sign, text.dropFirst().first == "{" else { return nil }
        let inside = text.dropFirst(2)
        guard let end = inside.firstIndex(of: "}") else { return nil }
        let name = inside[..<end].prefix { isPart($0) }
        let after = inside[name.endIndex..<end]
        guard isName(String(name)), after.isEmpty || after.hasPrefix(":-"), !after.contains("$") else { return nil }
        return Reference(
            name: String(name), fallback: after.isEmpty ? nil : String(after.dropFirst(2)),
            rest: inside[inside.index(after: end)...])
    }

    private static func isPart(_ character: Character) -> Bool {
        character == "_" || character.isASCII && (character.isLetter || character.isNumber)
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.first else { return false }
        return !first.isNumber && text.allSatisfy { isPart($0) }
    }
}
