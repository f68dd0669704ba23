extension ValueKind {
    /// A word of a command line.
    static let argument = ValueKind(noun: "a text", accepted: .words) { text in
        text.unicodeScalars.contains("\0")
            ? Problem(code: .badValue, message: "a zero byte cannot stand in") : nil
    }

    /// `true` or `false`.
    static let boolean = ValueKind(
        noun: "true or false", accepted: .words, form: ValueForm(words: ["true", "false"], booleans: true)
    ) { text in
        guard !["true", "false"].contains(text) else { return nil }
        let modern = ["yes": "true", "on": "true", "no": "false", "off": "false"][text.lowercased()]
        return Problem(
            code: .notAllowed, message: "% is not allowed for", notes: ["one of: false, true"],
            help: modern.map { ["write `\($0)`"] } ?? [])
    }

    /// The name of a file, without a folder.
    static let fileName = ValueKind(noun: "a file name", form: ValueForm(pattern: "[^/*?]+")) { text in
        let isName =
            !text.isEmpty && text != "." && text != ".." && !text.contains("/")
            && !text.unicodeScalars.contains("\0")
        if isName {
            guard text.contains(where: { "*?".contains($0) }) else { return nil }
            return Problem(
                code: .badValue, message: "% is not a file name in",
                notes: ["the name is compared as it is; `*` and `?` mean nothing here"])
        }
        return Problem(
            code: .badPath, message: "% is not a file name in",
            help: text.contains("/") ? ["write the name alone, like `.nobackup`"] : [])
    }
}
