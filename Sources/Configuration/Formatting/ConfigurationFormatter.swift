internal import YAML

/// Brings a configuration into its usual form: the order of keys, two spaces a level, no white space at the ends of
/// lines.
///
/// Lines are moved and shifted, never written anew, so that comments, quotes and line breaks within values stay as they
/// are. Every step is undone that would change the meaning.
public enum ConfigurationFormatter {
    /// Formats a text.
    /// - Parameters:
    ///   - bytes: the text in UTF-8.
    ///   - file: what the text is called in diagnostics.
    /// - Returns: the text in its usual form.
    /// - Throws: `InvalidConfiguration` when the text is no YAML; other mistakes do not matter here.
    public static func formatted(utf8 bytes: [UInt8], file: String) throws(InvalidConfiguration) -> String {
        let tree = try EditedTree(utf8: bytes, file: file)
        guard tree.root.entries != nil else { return tree.text }
        var current = tree
        for step in [KeyOrder.apply, BlockIndentation.apply, LineEnds.apply] {
            guard let lines = step(current), let next = EditedTree(lines: lines, file: file) else { continue }
            if SameMeaning.of(current.root, next.root) { current = next }
        }
        return current.text
    }
}

/// A text with its tree, between two steps.
struct EditedTree {
    let source: SourceText
    let root: Node
    /// The lines without their breaks.
    let lines: [[Unicode.Scalar]]

    /// The lines with their breaks.
    var text: String {
        var result = String.UnicodeScalarView()
        for line in lines {
            result.append(contentsOf: line)
            result.append("\n")
        }
        return String(result)
    }

    init(utf8 bytes: [UInt8], file: String) throws(InvalidConfiguration) {
        self.init(try PlainDocument.read(utf8: bytes, file: file))
    }

    /// A tree from lines that were edited, unless they are no YAML any more.
    init?(lines: [[Unicode.Scalar]], file: String) {
        var text = String.UnicodeScalarView()
        for line in lines {
            text.append(contentsOf: line)
            text.append("\n")
        }
        do throws(InvalidConfiguration) {
            try self.init(utf8: Array(String(text).utf8), file: file)
        } catch {
            return nil
        }
    }

    private init(_ document: YAMLDocument) {
        source = document.source
        root = document.root ?? Node(.sequence([]), range: source.range(0, 0))
        var lines = (1...document.source.lineCount).map { Array(document.source.characters[document.source.line($0)]) }
        if lines.last?.isEmpty == true { lines.removeLast() }
        self.lines = lines
    }
}
