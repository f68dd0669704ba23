internal import YAML

/// A mapping of a foreign YAML file, whose keys are taken out one by one.
struct ForeignMapping {
    private var values: [String: Node]
    private(set) var keys: [String]

    /// The entries of a node; none when it is no mapping.
    init(_ node: Node?) {
        let entries = node?.entries ?? []
        keys = entries.map(\.key)
        values = Dictionary(entries.map { ($0.key, $0.value) }) { $1 }
    }

    var isEmpty: Bool { keys.isEmpty }

    /// A value that stays.
    subscript(key: String) -> Node? { values[key] }

    /// Puts a value in, unless there is one.
    mutating func fill(_ key: String, _ value: Node) {
        guard values[key] == nil else { return }
        keys.append(key)
        values[key] = value
    }

    /// Replaces a value.
    mutating func replace(_ key: String, _ value: Node) {
        if values[key] == nil { keys.append(key) }
        values[key] = value
    }

    /// Takes a value out.
    mutating func take(_ key: String) -> Node? {
        guard let value = values.removeValue(forKey: key) else { return nil }
        keys.removeAll { $0 == key }
        return value
    }

    /// Takes a single value out, as its text.
    mutating func takeText(_ key: String) -> String? {
        guard let node = values[key], let text = node.text else { return nil }
        _ = take(key)
        return text
    }

    /// Takes a truth value out.
    mutating func takeFlag(_ key: String) -> Bool? {
        guard let text = takeText(key)?.lowercased() else { return nil }
        return ["true", "yes", "on", "1"].contains(text)
    }

    /// Takes a whole number out.
    mutating func takeNumber(_ key: String) -> Int? {
        guard let node = values[key], let number = node.text.flatMap({ Int($0) }) else { return nil }
        _ = take(key)
        return number
    }

    /// Takes one text or a list of them out.
    mutating func takeTexts(_ key: String) -> [String] { take(key)?.texts ?? [] }
}

extension Node {
    /// The text of a single value; `nil` for nothing.
    var text: String? {
        guard let scalar, scalar.value != .null else { return nil }
        return scalar.text
    }

    /// The texts of a list, or the one text that stands in place of a list.
    var texts: [String] { items.map { $0.compactMap(\.text) } ?? text.map { [$0] } ?? [] }

    /// The value as a short text, for notes.
    var shown: String {
        if let text { return text.count > 60 ? "\(text.prefix(60))…" : text }
        if let items {
            return items.allSatisfy { $0.text != nil } ? texts.joined(separator: ", ") : "\(items.count) items"
        }
        return "…"
    }
}

/// Reads foreign YAML.
enum ForeignYAML {
    /// The root of a file, and what is odd about it.
    static func read(_ file: ImportRequest.File) throws(ImportError) -> (root: Node, oddities: [String]) {
        let source: SourceText
        do throws(InvalidEncoding) {
            source = try SourceText(utf8: file.bytes)
        } catch {
            throw .unreadable(file: file.name, detail: "it is not UTF-8", advice: "Save it in that encoding")
        }
        let document = YAMLDocument(parsing: source)
        let oddities = document.problems.map { "line \($0.range.start.line): \($0.message)" }
        guard let root = document.root, root.entries != nil else {
            throw .unreadable(
                file: file.name, detail: oddities.first ?? "it is not a mapping of keys and values",
                advice: "Give the YAML file itself")
        }
        return (root, oddities)
    }
}
