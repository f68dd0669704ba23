import YAML

/// A tree written in the plainest YAML there is: everything in braces and brackets, every text in double quotes.
enum PlainText {
    static func of(_ node: Node) -> String {
        switch node.content {
        case .sequence(let items): "[\(items.map { of($0) }.joined(separator: ", "))]"
        case .mapping(let entries):
            "{\(entries.map { "? \(quoted($0.key)) : \(of($0.value))" }.joined(separator: ", "))}"
        case .scalar(let scalar):
            switch scalar.value {
            case .null: "null"
            case .string: quoted(scalar.text)
            case .boolean, .integer, .float: scalar.text
            }
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for character in text.unicodeScalars {
            switch character {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where character.value < 0x20 || (0x7F..<0xA0).contains(character.value) || character.value > 0xD7FF:
                let digits = String(character.value, radix: 16)
                result += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            default: result.unicodeScalars.append(character)
            }
        }
        return result + "\""
    }
}
