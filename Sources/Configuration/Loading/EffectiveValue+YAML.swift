internal import Secrets
internal import YAML

extension EffectiveValue {
    /// The value as YAML that means the same when it is read again, but for what is hidden.
    /// - Parameter origins: whether each value says where it comes from, and the program's own defaults are there too.
    /// - Returns: lines of block style.
    public func yaml(origins: Bool) -> String {
        var lines: [Line] = []
        write(to: &lines, indent: 0, origins: origins)
        return lines.map { $0.text(origins: origins) }.joined()
    }

    private struct Line {
        var content: String
        var origin: Origin?

        func text(origins: Bool) -> String {
            guard origins, let origin else { return content + "\n" }
            let width = content.unicodeScalars.count
            let padding = String(repeating: " ", count: max(48 - width, 2))
            return "\(content)\(padding)# \(origin.place)\(origin.through.map { " (\($0))" } ?? "")\n"
        }
    }

    private func write(to lines: inout [Line], indent: Int, origins: Bool) {
        let margin = String(repeating: " ", count: indent)
        switch content {
        case .mapping(let entries):
            for entry in entries where origins || entry.value.origin.kind != .default {
                entry.value.write(
                    under: "\(margin)\(Self.quoted(entry.key)):", to: &lines, indent: indent, origins: origins)
            }
        case .list(let items):
            for item in items {
                let start = lines.count
                item.write(under: "\(margin)-", to: &lines, indent: indent, origins: origins)
                // The first line of a mapping goes beside its dash.
                if case .mapping = item.content, lines.count > start + 1 {
                    lines[start + 1].content = "\(margin)- " + lines[start + 1].content.dropFirst(indent + 2)
                    lines.remove(at: start)
                }
            }
        default: lines.append(Line(content: "\(margin)\(scalar)", origin: origin))
        }
    }

    private func write(under head: String, to lines: inout [Line], indent: Int, origins: Bool) {
        switch content {
        case .mapping(let entries) where !entries.contains { origins || $0.value.origin.kind != .default }:
            lines.append(Line(content: "\(head) {}", origin: origin))
        case .list(let items) where items.isEmpty: lines.append(Line(content: "\(head) []", origin: origin))
        case .mapping, .list:
            lines.append(Line(content: head, origin: nil))
            write(to: &lines, indent: indent + 2, origins: origins)
        default: lines.append(Line(content: "\(head) \(scalar)", origin: origin))
        }
    }

    /// A single value as YAML.
    var scalar: String {
        switch content {
        case .text(let template):
            let text = template.pieces.map { piece in
                switch piece {
                case .text(let text): text.replacing("$", with: "$$")
                case .secret(let reference): reference.description
                }
            }.joined()
            return Self.quoted(text)
        case .plain(let text): return text
        case .hidden(let shown, _): return Self.quoted(shown)
        case .list, .mapping: return ""
        }
    }

    /// The text as it is where YAML takes it for nothing else, and in double quotes elsewhere.
    static func quoted(_ text: String) -> String {
        let isSafe =
            text.unicodeScalars.allSatisfy { safe.contains($0) || $0.properties.isAlphabetic }
            && text.unicodeScalars.first.map { $0.properties.isAlphabetic || startsSafely.contains($0) } ?? false
            && !text.hasSuffix(":")
        let isText = if case .string = Scalar(text, style: .plain).value { true } else { false }
        if isSafe, isText { return text }
        var quoted = "\""
        for character in text.unicodeScalars {
            switch character {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            case _ where character.value < 0x20 || (0x7F..<0xA0).contains(character.value) || character == "\u{FEFF}":
                let hex = String(character.value, radix: 16, uppercase: true)
                quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: quoted.unicodeScalars.append(character)
            }
        }
        return quoted + "\""
    }

    private static let startsSafely = Set("/._0123456789".unicodeScalars)
    private static let safe = Set("/._-+=@%~0123456789:".unicodeScalars)
}
