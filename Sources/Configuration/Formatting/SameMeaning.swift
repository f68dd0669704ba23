internal import YAML

/// Whether two trees say the same, wherever their keys stand.
enum SameMeaning {
    static func of(_ a: Node, _ b: Node) -> Bool {
        switch (a.content, b.content) {
        case (.scalar(let a), .scalar(let b)):
            return a.value == b.value && a.text == b.text && a.style == b.style
        case (.sequence(let a), .sequence(let b)):
            return a.count == b.count && zip(a, b).allSatisfy { of($0, $1) }
        case (.mapping(let a), .mapping(let other)):
            return a.count == other.count && a.allSatisfy { entry in b[entry.key].map { of(entry.value, $0) } ?? false }
        default:
            return false
        }
    }
}
