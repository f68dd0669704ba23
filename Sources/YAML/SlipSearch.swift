/// Looks around the place where the grammar broke for the slip that usually leads there.
struct SlipSearch {
    private let source: SourceText
    private let mark: Mark
    /// What stands on the line before the place.
    private let before: Substring
    private let line: String

    /// Longer lines are not looked at: a slip in them is no slip of a hand.
    private static let longest = 2000

    init(_ source: SourceText, _ mark: Mark) {
        self.source = source
        self.mark = mark
        let range = source.line(mark.line)
        line = range.count > Self.longest ? "" : source.text(range)
        let count = max(0, min(mark.index - range.lowerBound, line.unicodeScalars.count))
        before = Substring(String(String.UnicodeScalarView(line.unicodeScalars.prefix(count))))
    }

    func advice(for problem: String) -> String? {
        if let marker = conflictLine() {
            return "line \(marker) is a marker that a merge has left; decide for one of the two sides"
        }
        let expectsComma = problem.hasPrefix("did not find expected ','")
        if expectsComma, line.contains("${") {
            return "put a value with `${…}` in quotes between braces and brackets"
        }
        if expectsComma || problem == "did not find expected key" {
            if let quote = quoteBefore() {
                return quote == "'"
                    ? "the value ends at the quote before; write a quote inside single quotes twice: `''`"
                    : "the value ends at the quote before; write a quote inside double quotes as `\\\"`"
            }
        }
        if problem == "mapping values are not allowed in this context" || problem == "could not find expected ':'" {
            return keyWithoutSpace()
        }
        return nil
    }

    /// A line of version control near the place.
    private func conflictLine() -> Int? {
        for number in max(1, mark.line - 1)...mark.line {
            let range = source.line(number)
            let start = source.text(range.prefix(7))
            if start == "<<<<<<<" || start == ">>>>>>>" || start == "=======" { return number }
        }
        return nil
    }

    /// The quote that ended the value just before the place, where the line went on.
    private func quoteBefore() -> Character? {
        let text = before.reversed().drop { $0 == " " }
        guard let last = text.first, last == "'" || last == "\"", text.dropFirst().contains(last) else { return nil }
        return last
    }

    /// A line above, or this one, with a colon that no space follows: `version:1`.
    private func keyWithoutSpace() -> String? {
        for number in max(1, mark.line - 1)...mark.line {
            let range = source.line(number)
            guard range.count <= Self.longest else { continue }
            let text = source.text(range).drop { $0 == " " || $0 == "-" }
            let key = text.prefix { $0.isLetter || $0 == "_" }
            let rest = text.dropFirst(key.count)
            if !key.isEmpty, rest.hasPrefix(":"), let next = rest.dropFirst().first, next != " ", next != "/" {
                return "put a space after the colon in line \(number): `\(key): …`"
            }
        }
        return nil
    }
}

extension Range<Int> {
    /// The first of the positions, so many at most.
    fileprivate func prefix(_ count: Int) -> Range<Int> { lowerBound..<Swift.min(upperBound, lowerBound + count) }
}
