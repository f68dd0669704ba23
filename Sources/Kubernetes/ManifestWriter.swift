/// Writes manifests as YAML that reads the same in every version of YAML: whatever an old one takes for more than a
/// text (`on`, `1:30`) is quoted.
struct ManifestWriter {
    private(set) var text = ""

    /// Writes a document.
    mutating func write(_ document: ManifestValue) {
        write(document, indent: 0)
    }

    private mutating func write(_ value: ManifestValue, indent: Int) {
        switch value {
        case .mapping(let entries):
            for entry in entries {
                text += "\(blanks(indent))\(Self.quoted(entry.key)):"
                writeValue(entry.value, indent: indent, listIndent: indent)
            }
        case .list(let items):
            for item in items {
                text += "\(blanks(indent))-"
                guard case .mapping(let entries) = item, !entries.isEmpty else {
                    writeValue(item, indent: indent, listIndent: indent + 2)
                    continue
                }
                // The first key stands behind the dash, the others below it.
                var inner = ManifestWriter()
                inner.write(item, indent: indent + 2)
                text += " \(inner.text.dropFirst(indent + 2))"
            }
        case .text, .number, .flag: break
        }
    }

    private mutating func writeValue(_ value: ManifestValue, indent: Int, listIndent: Int) {
        switch value {
        case .number(let number): text += " \(number)\n"
        case .flag(let flag): text += " \(flag)\n"
        case .text(let own): writeText(own, indent: indent + 2)
        case .list(let items) where items.isEmpty: text += " []\n"
        case .mapping(let entries) where entries.isEmpty: text += " {}\n"
        case .list:
            text += "\n"
            write(value, indent: listIndent)
        case .mapping:
            text += "\n"
            write(value, indent: indent + 2)
        }
    }

    private mutating func writeText(_ own: String, indent: Int) {
        guard own.contains("\n"), Self.fitsBlock(own) else {
            text += " \(Self.quoted(own))\n"
            return
        }
        let newlines = own.reversed().prefix { $0 == "\n" }.count
        // Blanks at the beginning would be taken for indentation.
        let isIndented = " \t\n".contains(own.first ?? " ") || own.first { $0 != "\n" } == " "
        text += " |\(isIndented ? "2" : "")\(newlines == 0 ? "-" : newlines == 1 ? "" : "+")\n"
        let lines = own.split(separator: "\n", omittingEmptySubsequences: false)
        for line in newlines == 0 ? lines[...] : lines.dropLast() {
            text += line.isEmpty ? "\n" : "\(blanks(indent))\(line)\n"
        }
    }

    /// Whether a block keeps every character: it ends lines at `\n` alone, and cannot hold what cannot be printed.
    private static func fitsBlock(_ text: String) -> Bool {
        text.contains { $0 != "\n" }
            && text.unicodeScalars.allSatisfy { scalar in
                switch scalar.value {
                case 0x09, 0x0A, 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD,
                    0x10000...:
                    true
                default: false
                }
            }
    }

    private func blanks(_ count: Int) -> String { String(repeating: " ", count: count) }

    /// A text on one line: as it is when nothing else can be meant, else in double quotes.
    static func quoted(_ text: String) -> String {
        if isPlain(text) { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            case _ where (0x20...0x7E).contains(scalar.value) || scalar.properties.isAlphabetic:
                quoted.unicodeScalars.append(scalar)
            default:
                let hex = String(scalar.value, radix: 16, uppercase: true)
                let width = scalar.value > 0xFFFF ? 8 : 4
                let zeros = String(repeating: "0", count: width - hex.count)
                quoted += "\(width == 8 ? "\\U" : "\\u")\(zeros)\(hex)"
            }
        }
        return quoted + "\""
    }

    private static let words: Set<String> = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]

    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, text.unicodeScalars.last != ":" else { return false }
        guard first.properties.isAlphabetic && first.isASCII || first == "/" else { return false }
        guard !words.contains(text.lowercased()) else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
                || "/._-=:+".unicodeScalars.contains(scalar)
        }
    }
}
