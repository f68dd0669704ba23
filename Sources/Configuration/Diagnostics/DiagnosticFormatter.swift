internal import YAML

/// Makes findings fit to be shown: cuts out the line, hides credentials, draws the caret.
struct DiagnosticFormatter {
    /// Longer lines are cut around the place.
    private static let widest = 200

    /// Longer messages are cut: they quote a text that is not what it should be.
    private static let longest = 600

    let file: String
    let source: SourceText?
    /// The characters that must not be shown.
    let hidden: HiddenText
    /// Whether the source is a file: a variable or a flag has no line that anybody could go to.
    var hasLines = true

    func diagnostic(_ finding: Finding) -> Diagnostic {
        Diagnostic(
            code: finding.code, severity: finding.code.severity, message: Self.printable(finding.message), file: file,
            line: hasLines ? finding.range.start.line : 0, column: hasLines ? finding.range.start.column : 0,
            endLine: hasLines ? finding.range.end.line : 0, endColumn: hasLines ? finding.range.end.column : 0,
            notes: (finding.notes + lookAlikes(finding)).map { Self.printable($0) },
            help: finding.help.map { Self.printable($0) }, excerpt: source.map { excerpt($0, finding.range) })
    }

    /// A character that nobody sees explains most mistakes that seem to be none.
    private func lookAlikes(_ finding: Finding) -> [String] {
        guard let source, finding.code.severity == .error, finding.code != .encoding else { return [] }
        var range = finding.range.start.index..<finding.range.end.index
        if finding.code == .syntax {
            // Where the reader could not go on is often the line after the slip.
            let line = finding.range.start.line
            range = source.line(max(1, line - 1)).lowerBound..<source.line(line).upperBound
        }
        return LookAlikes.notes(in: source, range.prefix(Self.widest * 2).filter { !hidden.contains($0) })
    }

    private func excerpt(_ source: SourceText, _ range: SourceRange) -> Diagnostic.Excerpt {
        let line = source.line(range.start.line)
        let start = min(range.start.index, line.upperBound)
        let end = max(start, min(range.end.index, line.upperBound))
        let (window, cutBefore, cutAfter) = window(line, start, end)
        var text = cutBefore ? "…" : ""
        var underline = cutBefore ? " " : ""
        var carets = 0
        for index in window {
            let character = source.characters[index]
            let shown = hidden.contains(index) ? "*" : Self.visible(character)
            text.unicodeScalars.append(shown)
            if index < start {
                // A tab is as wide under the line as in it.
                underline += shown == "\t" ? "\t" : String(repeating: " ", count: DisplayWidth.of(shown))
            } else if index < end {
                carets += shown == "\t" ? 1 : DisplayWidth.of(shown)
            }
        }
        if cutAfter { text += "…" }
        underline += "^" + String(repeating: "~", count: max(carets, 1) - 1)
        return Diagnostic.Excerpt(line: text, underline: underline)
    }

    private func window(_ line: Range<Int>, _ start: Int, _ end: Int) -> (Range<Int>, before: Bool, after: Bool) {
        guard line.count > Self.widest else { return (line, false, false) }
        let margin = max(0, (Self.widest - min(end - start, Self.widest)) / 2)
        let from = max(line.lowerBound, min(start - margin, line.upperBound - Self.widest))
        let to = min(line.upperBound, from + Self.widest)
        return (from..<to, from > line.lowerBound, to < line.upperBound)
    }

    /// The character, or a replacement for one that a terminal might obey.
    private static func visible(_ character: Unicode.Scalar) -> Unicode.Scalar {
        switch character.value {
        case 0x09: character
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: "\u{FFFD}"
        default: character
        }
    }

    private static func printable(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for character in text.unicodeScalars.prefix(longest) {
            switch character {
            case "\n": result.append(contentsOf: #"\n"#.unicodeScalars)
            case "\r": result.append(contentsOf: #"\r"#.unicodeScalars)
            case "\t": result.append(contentsOf: #"\t"#.unicodeScalars)
            default: result.append(visible(character))
            }
        }
        return text.utf8.count > longest && text.unicodeScalars.count > longest ? "\(String(result))…" : String(result)
    }
}
