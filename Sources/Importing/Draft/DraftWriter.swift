/// Writes YAML in the form that `dunnage config fmt` has.
struct DraftWriter {
    private(set) var text = ""
    private static let width = 100

    /// Writes the entries of a mapping.
    /// - Parameters:
    ///   - mapping: the entries.
    ///   - indent: the blanks before each key.
    mutating func write(_ mapping: DraftMapping, indent: Int = 0) {
        for entry in mapping.entries {
            for line in entry.comment { text += "\(blanks(indent))# \(line)\n" }
            text += "\(blanks(indent))\(Self.quoted(entry.key, isKey: true)):"
            writeValue(entry.value, after: indent + entry.key.count + 2, indent: indent + 2)
        }
    }

    /// Writes a comment or an empty line.
    mutating func write(comment line: String?) {
        text += line.map { $0.isEmpty ? "#\n" : "# \($0)\n" } ?? "\n"
    }

    private mutating func writeValue(_ value: DraftValue, after column: Int, indent: Int) {
        if let line = Self.line(value), column + line.count <= Self.width || isSingle(value) {
            text += " \(line)\n"
            return
        }
        switch value {
        case .mapping(let mapping):
            text += "\n"
            write(mapping, indent: indent)
        case .list(let items):
            text += "\n"
            for item in items {
                text += "\(blanks(indent))-"
                if case .mapping(let mapping) = item, Self.line(item) == nil {
                    // The first key stands behind the dash, the others below it.
                    var inner = DraftWriter()
                    inner.write(mapping, indent: indent + 2)
                    text += " \(inner.text.dropFirst(indent + 2))"
                } else {
                    writeValue(item, after: indent + 2, indent: indent + 2)
                }
            }
        case .word, .text: break
        }
    }

    private func isSingle(_ value: DraftValue) -> Bool {
        switch value {
        case .word, .text: true
        case .mapping(let mapping): mapping.isFlow || mapping.isEmpty
        case .list(let items): items.isEmpty
        }
    }

    private func blanks(_ count: Int) -> String { String(repeating: " ", count: count) }

    // MARK: One line

    /// The value on one line; `nil` when it takes several.
    private static func line(_ value: DraftValue, isFlow: Bool = false) -> String? {
        switch value {
        case .word(let word): return quoted(word, isFlow: isFlow, keepsType: true)
        case .text(let text): return quoted(escaped(text), isFlow: isFlow)
        case .list(let items):
            let parts = items.map { item -> String? in
                if case .mapping = item, !isFlow { return nil }
                return line(item, isFlow: true)
            }
            guard !parts.contains(nil) else { return nil }
            return "[\(parts.compactMap { $0 }.joined(separator: ", "))]"
        case .mapping(let mapping):
            if mapping.isEmpty { return "{}" }
            guard mapping.isFlow || isFlow else { return nil }
            let parts = mapping.entries.map { entry in
                line(entry.value, isFlow: true).map { "\(quoted(entry.key, isKey: true)): \($0)" }
            }
            guard !parts.contains(nil) else { return nil }
            return "{ \(parts.compactMap { $0 }.joined(separator: ", ")) }"
        }
    }

    /// A text in which no dollar begins a variable.
    static func escaped(_ text: String) -> String {
        guard text.contains("$") else { return text }
        var result = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            result.append(character)
            if character == "$", let next = rest.first, "${_".contains(next) || next.isASCII && next.isLetter {
                result.append("$")
            }
        }
        return result
    }

    // MARK: Quotes

    private static func quoted(
        _ text: String, isKey: Bool = false, isFlow: Bool = false, keepsType: Bool = false
    ) -> String {
        if isPlain(text, isFlow: isFlow || isKey), keepsType || !isTyped(text) { return text }
        let isPrintable = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        if isPrintable, text.contains(where: { "\\\"".contains($0) }), !text.contains("'") { return "'\(text)'" }
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                result += "\\x\(digits.count < 2 ? "0" : "")\(digits)"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// Whether a text can stand without quotes; stricter than YAML, for the sake of readers.
    private static func isPlain(_ text: String, isFlow: Bool) -> Bool {
        guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else { return false }
        let second = text.unicodeScalars.dropFirst().first
        let isMark = "-.".unicodeScalars.contains(first) && (second?.properties.isAlphabetic ?? false || second == "-")
        guard
            isMark || first.properties.isAlphabetic || ("0"..."9").contains(first)
                || "/$".unicodeScalars.contains(first)
        else { return false }
        guard last != ":", last != " ", !text.contains(": ") else { return false }
        // A time of the day looks like a number to older readers.
        if text.contains(":"), text.allSatisfy({ $0.isNumber || $0 == ":" }) { return false }
        let others = isFlow ? "/._@%+=~-$ " : "/._@%+=~-$ :(){}?&,"
        return text.unicodeScalars.allSatisfy { scalar in
            scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || others.unicodeScalars.contains(scalar)
        }
    }

    /// Whether a plain text would be a number, a truth value or nothing, in any version of YAML.
    private static func isTyped(_ text: String) -> Bool {
        let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        if words.contains(text.lowercased()) { return true }
        guard let first = text.first, first.isNumber else { return false }
        return Double(text) != nil || text.hasPrefix("0x") || text.hasPrefix("0o")
    }
}
