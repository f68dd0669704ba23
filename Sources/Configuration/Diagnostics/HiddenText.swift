internal import Secrets
internal import YAML

/// The parts of a file that no message may show: passwords and keys that are written in it.
///
/// It goes by the names of keys, not by the schema, so that a misspelt or misplaced key does not give its value away.
struct HiddenText {
    private static let secretAddresses: Set<String> = ["slack", "discord", "teams"]

    private var ranges: [Range<Int>] = []

    /// Hides nothing.
    init() {}

    /// Finds what to hide in a file that could be read as a tree.
    init(in document: YAMLDocument) {
        guard let root = document.root else {
            collectLines(document.source)
            return
        }
        collect(root, key: "", source: document.source)
        for secret in root["secrets"]?.entries ?? [] {
            if secret.value.scalar != nil { hide(secret.value) }
            // Whoever writes a value there does it under a key that does not exist.
            for entry in secret.value.entries ?? [] where ConfigurationSchema.secret.key(named: entry.key) == nil {
                hide(entry.value)
            }
        }
        collectComments(document.source)
        joinOverlaps()
    }

    /// Finds what to hide in a value that stands under a key.
    init(in value: Node, under key: String, of source: SourceText) {
        collect(value, key: key, source: source)
        joinOverlaps()
    }

    /// Hides a range.
    init(_ range: Range<Int>) {
        ranges = [range]
    }

    /// Puts the ranges in order, none touching another, as the search in ``contains(_:)`` needs.
    private mutating func joinOverlaps() {
        var joined: [Range<Int>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = joined.last, range.lowerBound <= last.upperBound {
                joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                joined.append(range)
            }
        }
        ranges = joined
    }

    private mutating func hide(_ node: Node) {
        ranges.append(node.range.start.index..<node.range.end.index)
    }

    /// Goes by the look of the lines, for a file whose grammar is broken.
    private mutating func collectLines(_ source: SourceText) {
        for number in 1...source.lineCount {
            let line = source.line(number)
            hideCredential(line, source)
            hideURLs(line, source)
        }
        joinOverlaps()
    }

    /// What is commented out is shown with the rest of its line.
    private mutating func collectComments(_ source: SourceText) {
        for number in 1...source.lineCount {
            let line = source.line(number)
            guard let hash = source.characters[line].firstIndex(of: "#") else { continue }
            hideCredential(hash..<line.upperBound, source)
            hideURLs(hash + 1..<line.upperBound, source)
        }
    }

    /// Hides what follows the first `key:` that looks like one of a credential.
    private mutating func hideCredential(_ line: Range<Int>, _ source: SourceText) {
        var key = ""
        for index in line {
            let character = source.characters[index]
            if character == ":" {
                if CredentialNames.isCredential(key), key != "secret" {
                    ranges.append(index + 1..<line.upperBound)
                    return
                }
                key = ""
            } else if character.properties.isAlphabetic || character == "_" || character == "-" || character.isDigit {
                key.unicodeScalars.append(character)
            } else {
                key = ""
            }
        }
    }

    /// Whether the character at the position must not be shown.
    func contains(_ index: Int) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound <= index { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(index)
    }

    /// Whether a text is made of nothing but references that hold no default.
    static func isReference(_ text: String) -> Bool {
        guard text.hasPrefix("${"), text.hasSuffix("}") else { return false }
        return text.split(separator: "}").allSatisfy { part in
            guard part.hasPrefix("${") else { return false }
            let body = part.dropFirst(2)
            let name = body.hasPrefix("secret:") ? body.dropFirst("secret:".count) : body
            let rest = name.drop { $0.isLetter || $0.isNumber || $0 == "_" || (body.hasPrefix("secret:") && $0 == "-") }
            return rest.isEmpty || rest.hasPrefix(":?") || rest.hasPrefix("?")
        }
    }

    private mutating func collect(_ node: Node, key: String, source: SourceText) {
        switch node.content {
        case .sequence(let items):
            for item in items { collect(item, key: key, source: source) }
        case .mapping(let entries):
            for entry in entries {
                // The address of such a service is all that it takes to write to it.
                let isAddress = Self.secretAddresses.contains(key) && entry.key == "url"
                collect(entry.value, key: isAddress ? "token" : entry.key, source: source)
            }
        case .scalar(let scalar):
            let range = node.range.start.index..<node.range.end.index
            let isName = key == "secret" && scalar.text.allSatisfy { $0.isLetter || $0.isNumber || "_-".contains($0) }
            if CredentialNames.isCredential(key), !isName, !Self.isReference(scalar.text) {
                ranges.append(range)
            } else {
                let isQuoted = scalar.style == .singleQuoted || scalar.style == .doubleQuoted
                hideURLs(isQuoted && range.count > 1 ? range.lowerBound + 1..<range.upperBound - 1 : range, source)
            }
        }
    }

    private mutating func hideURLs(_ range: Range<Int>, _ source: SourceText) {
        // Most texts are no URL, and need no search for one.
        guard source.characters[range].contains(":") else { return }
        let text = source.text(range)
        guard text.contains("://") else { return }
        for part in CredentialNames.offsets(inURL: text) {
            ranges.append(range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound)
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
}
