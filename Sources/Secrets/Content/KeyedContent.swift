internal import JSON
internal import Support
internal import YAML

/// A document in which a value has a name.
struct KeyedContent {
    let format: SecretContent.Format
    var ignoresCase = false

    /// The text of the value at a path of keys, which dots separate; a key may hold dots itself.
    func value(of key: String, in content: [UInt8]) throws(KeyedContentError) -> String {
        switch format {
        case .dotenv:
            let values = try DotEnv.parse(content)
            return try find(key, in: .object(values.map { .init($0.name, .string($0.value)) }))
        case .json:
            let document: JSONValue
            do throws(JSONError) {
                document = try JSONValue(parsing: content)
            } catch {
                // The words of the error may quote what stands there.
                throw .malformed("it is not JSON, from byte \(error.offset) on")
            }
            return try find(key, in: document)
        case .yaml: return try find(key, in: try Self.tree(content))
        }
    }

    /// The value in a document that has been read.
    func find(_ key: String, in document: JSONValue) throws(KeyedContentError) -> String {
        var parts = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)[...]
        var place = document
        while !parts.isEmpty {
            guard let (next, count) = step(place, parts) else {
                let names = place.object?.map(\.name) ?? []
                throw .keyMissing(key, similar: EditDistance.suggestion(for: parts[parts.startIndex], among: names))
            }
            place = next
            parts = parts.dropFirst(count)
        }
        switch place {
        case .string(let text): return text
        case .integer(let number): return "\(number)"
        case .number(let number): return "\(number)"
        case .bool(let truth): return "\(truth)"
        case .null: return ""
        case .array, .object: throw .notSingle(key)
        }
    }

    /// The value behind the longest beginning of a path that is a key.
    private func step(_ place: JSONValue, _ parts: ArraySlice<String>) -> (JSONValue, Int)? {
        if let items = place.array {
            guard let index = Int(parts[parts.startIndex]), items.indices.contains(index) else { return nil }
            return (items[index], 1)
        }
        for count in stride(from: parts.count, to: 0, by: -1) {
            let name = parts.prefix(count).joined(separator: ".")
            if let value = place[name] { return (value, count) }
            if ignoresCase, let member = place.object?.last(where: { $0.name.lowercased() == name.lowercased() }) {
                return (member.value, count)
            }
        }
        return nil
    }

    private static func tree(_ content: [UInt8]) throws(KeyedContentError) -> JSONValue {
        let source: SourceText
        do throws(InvalidEncoding) {
            source = try SourceText(utf8: content)
        } catch {
            throw .malformed("it is not UTF-8 text")
        }
        let document = YAMLDocument(parsing: source)
        guard let root = document.root, document.problems.isEmpty else {
            let line = document.problems.first.map { ", from line \($0.range.start.line) on" } ?? ""
            throw .malformed("it is not YAML\(line)")
        }
        return value(root)
    }

    private static func value(_ node: Node) -> JSONValue {
        switch node.content {
        case .scalar(let scalar): scalar.value == .null ? .null : .string(scalar.text)
        case .sequence(let items): .array(items.map { value($0) })
        case .mapping(let entries): .object(entries.map { .init($0.key, value($0.value)) })
        }
    }
}

/// Why a document does not give a value.
enum KeyedContentError: Error {
    case malformed(String)
    case keyMissing(String, similar: String?)
    case notSingle(String)

    var cause: SecretProviderFailure.Cause {
        switch self {
        case .malformed(let words): .malformed(words)
        case .keyMissing(let key, let similar): .keyMissing(key, similar: similar)
        case .notSingle(let key): .notSingle(key)
        }
    }
}
