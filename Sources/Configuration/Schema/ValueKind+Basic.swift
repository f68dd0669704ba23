internal import Support

extension ValueKind {
    /// Any text that is not empty.
    static let text = ValueKind(noun: "a text") { text in
        text.isEmpty ? Problem(code: .badValue, message: "an empty text is no use in") : nil
    }

    /// One of a few words.
    /// - Parameters:
    ///   - words: what may be written.
    ///   - advice: what to write when nothing else is known.
    ///   - foreign: what to write in place of words of other programs.
    ///   - pending: the words that no command acts on yet.
    /// - Returns: the kind.
    static func word(
        _ words: [String], advice: String? = nil, foreign: [String: String] = [:], pending: [String] = []
    ) -> ValueKind {
        ValueKind(
            noun: "a word", accepted: .words, form: ValueForm(words: words), pending: Set(pending)
        ) { text in
            guard !words.contains(text) else { return nil }
            if let known = foreign[Names.snakeCase(text)] {
                return Problem(
                    code: .notAllowed, message: "% is not allowed for",
                    notes: ["one of: \(words.sorted().joined(separator: ", "))"], help: [known])
            }
            return Problem(
                code: .notAllowed, message: "% is not allowed for",
                notes: ["one of: \(words.sorted().joined(separator: ", "))"],
                help: advice.map { [$0] } ?? didYouMean(text, words))
        }
    }

    /// A whole number within bounds.
    static func integer(_ bounds: ClosedRange<Int64>) -> ValueKind {
        ValueKind(noun: "a whole number", accepted: .integer, form: ValueForm(integers: bounds)) { text in
            guard let number = Scalars.integer(text), bounds.contains(number) else {
                let expected =
                    bounds.upperBound == .max
                    ? "\(bounds.lowerBound) or more" : "\(bounds.lowerBound) to \(bounds.upperBound)"
                return Problem(code: .badValue, message: "% is out of range in", notes: ["expected \(expected)"])
            }
            return nil
        }
    }

    /// The version of the language.
    static let version = ValueKind(noun: "a whole number", accepted: .integer, form: ValueForm(integers: 1...1)) {
        text in
        guard Scalars.integer(text) != 1 else { return nil }
        return Problem(
            code: .badVersion, message: "version % of the configuration language is not known here",
            notes: ["this program reads version 1"])
    }

    /// A size within bounds.
    static func size(_ bounds: ClosedRange<Int64>) -> ValueKind {
        ValueKind(
            noun: "a size", accepted: .words, form: ValueForm(pattern: ValueForm.size, integers: bounds)
        ) { text in
            guard let size = Scalars.size(text) else {
                return Problem(
                    code: .badSize, message: "% is not a size in",
                    notes: ["expected a size like 512KiB, 50MiB, 1.5GiB, or 200MB in powers of ten"])
            }
            guard bounds.contains(size.bytes) else {
                let lower = ByteCount(bounds.lowerBound)
                let expected =
                    bounds.upperBound == .max ? "\(lower) or more" : "\(lower) to \(ByteCount(bounds.upperBound))"
                return Problem(code: .badValue, message: "% is out of range in", notes: ["expected \(expected)"])
            }
            return nil
        }
    }

    /// A word or number for how hard to compress.
    static let compression = ValueKind(
        noun: "a word or number", accepted: .words,
        form: ValueForm(words: Compression.words.map { $0.word }, pattern: "[0-9]|1[0-2]", integers: 0...12)
    ) { text in
        let words = Compression.words.map { $0.word }
        guard Compression(parsing: text) == nil else { return nil }
        return Problem(
            code: .notAllowed, message: "% is not allowed for",
            notes: ["one of: \(words.joined(separator: ", ")), or a number of 0 to 12"], help: didYouMean(text, words))
    }

    /// A span of time.
    static let duration = ValueKind(
        noun: "a duration", accepted: .words, form: ValueForm(pattern: ValueForm.duration)
    ) { Durations.problem($0) }

    /// A span of time, or one word instead.
    static func duration(or word: String) -> ValueKind {
        ValueKind(
            noun: "a duration", accepted: .words, form: ValueForm(words: [word], pattern: ValueForm.duration)
        ) { $0 == word ? nil : Durations.problem($0, or: word) }
    }

    /// Retention tiers as one text.
    static let tiers = ValueKind(
        noun: "a text", accepted: .words, form: ValueForm(pattern: "[^:,]+:[^:,]+(,[^:,]+:[^:,]+)*")
    ) { Tiers.problem($0) }

    /// Retention tiers in Duplicati's notation.
    static let duplicatiPolicy = ValueKind(
        noun: "a text", accepted: .words, form: ValueForm(pattern: "[^:, ]+:[^:, ]+(,[^:, ]+:[^:, ]+)*")
    ) { DuplicatiPolicy.problem($0) }

    /// The name of a variable of the environment.
    static let variableName = ValueKind(
        noun: "a variable's name", accepted: .words, isVariable: true,
        form: ValueForm(pattern: "[A-Za-z_][A-Za-z0-9_]*")
    ) { text in
        guard !Names.isVariableName(text) else { return nil }
        return Problem(
            code: .badName, message: "% is not a variable's name in",
            help: ["write the name alone, as in `env: BACKUP_PASSPHRASE`"])
    }

    /// A time zone's name.
    static let timezone = ValueKind(noun: "a time zone") { text in
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let isName = parts.allSatisfy { part in
            part.first?.isLetter == true
                && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-_".contains($0)) }
        }
        guard !isName else { return nil }
        return Problem(
            code: .badValue, message: "% is not a time zone's name in",
            notes: ["expected a name like Europe/Berlin or UTC"])
    }

    /// The value of a label.
    static let label = ValueKind(noun: "a text, number or boolean", accepted: .words)

    static func didYouMean(_ text: String, _ words: some Sequence<String>) -> [String] {
        Names.similar(to: text, among: words).map { ["did you mean `\($0)`?"] } ?? []
    }
}
