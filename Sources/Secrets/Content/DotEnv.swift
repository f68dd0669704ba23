/// Lines of `NAME=VALUE`, as Docker and shells have them in `.env` files.
///
/// `export` in front, blanks around the name, comments from `#` on, and quotes are understood: in single quotes all
/// stays as it is, in double quotes `\n`, `\r`, `\t`, `\"`, `\\` and `\$` are what they are elsewhere, and both may go
/// over several lines. Variables are not filled in.
enum DotEnv {
    /// The values in their order.
    static func parse(_ content: [UInt8]) throws(KeyedContentError) -> [(name: String, value: String)] {
        guard let text = String(validating: content, as: UTF8.self) else { throw .malformed("it is not UTF-8 text") }
        var rest = Array(text.unicodeScalars)[...]
        var values: [(name: String, value: String)] = []
        var line = 1
        if rest.first == "\u{FEFF}" { rest.removeFirst() }
        while !rest.isEmpty {
            let start = line
            let first = rest.prefix { $0 != "\n" }
            let blank = first.drop { isBlank($0) }
            if blank.isEmpty || blank.first == "#" {
                rest = rest.dropFirst(first.count + 1)
                line += 1
                continue
            }
            guard let equals = first.firstIndex(of: "="), let name = name(first[..<equals]) else {
                throw .malformed("line \(start) is not `NAME=VALUE`")
            }
            rest = rest[(equals + 1)...].drop { isBlank($0) }
            let value: String
            if let quote = rest.first, quote == "'" || quote == "\"" {
                guard let quoted = quoted(&rest, quote, &line) else {
                    throw .malformed("the quote of line \(start) is never closed")
                }
                value = quoted
                let after = rest.prefix { $0 != "\n" }
                let trailing = after.drop { isBlank($0) }
                guard trailing.isEmpty || trailing.first == "#" else {
                    throw .malformed("line \(line) goes on after its quote")
                }
                rest = rest.dropFirst(after.count + 1)
            } else {
                let plain = rest.prefix { $0 != "\n" }
                value = Self.plain(plain)
                rest = rest.dropFirst(plain.count + 1)
            }
            line += 1
            values.append((name, value))
        }
        return values
    }

    private static func isBlank(_ character: Unicode.Scalar) -> Bool {
        character == " " || character == "\t" || character == "\r"
    }

    private static func name(_ text: ArraySlice<Unicode.Scalar>) -> String? {
        var text = string(text.filter { !isBlank($0) || $0 == " " })
        if text.drop(while: { $0 == " " }).hasPrefix("export ") { text = String(text.drop { $0 == " " }.dropFirst(7)) }
        let name = text.split(separator: " ")
        guard name.count == 1, let first = name[0].first, !first.isNumber else { return nil }
        return name[0].allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_.-".contains($0)) }
            ? String(name[0]) : nil
    }

    /// A value without quotes ends before a blank and `#`, and has no blanks at its end.
    private static func plain(_ text: ArraySlice<Unicode.Scalar>) -> String {
        var end = text.endIndex
        for index in text.indices
        where text[index] == "#" && (index == text.startIndex || isBlank(text[index - 1])) {
            end = index
            break
        }
        var value = text[..<end]
        while let last = value.last, isBlank(last) { value.removeLast() }
        return string(value)
    }

    private static func quoted(
        _ rest: inout ArraySlice<Unicode.Scalar>, _ quote: Unicode.Scalar, _ line: inout Int
    ) -> String? {
        var value: [Unicode.Scalar] = []
        rest.removeFirst()
        while let character = rest.popFirst() {
            if character == quote { return string(value) }
            if character == "\n" { line += 1 }
            guard quote == "\"", character == "\\", let escaped = rest.popFirst() else {
                value.append(character)
                continue
            }
            switch escaped {
            case "n": value.append("\n")
            case "r": value.append("\r")
            case "t": value.append("\t")
            case "\"", "\\", "$", "`": value.append(escaped)
            default: value += ["\\", escaped]
            }
        }
        return nil
    }

    private static func string(_ characters: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: characters)
        return String(view)
    }
}
