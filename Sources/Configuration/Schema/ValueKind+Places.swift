internal import Secrets

extension ValueKind {
    /// Something that is named elsewhere in the file.
    static func name(of reference: Reference) -> ValueKind {
        ValueKind(noun: "a name", accepted: .words, reference: reference)
    }

    /// The name of a secret.
    static let secretName = ValueKind(noun: "a name", accepted: .words, reference: .secret) { text in
        Names.isSecretName(text)
            ? nil
            : Problem(
                code: .badName, message: "the text is not a secret's name in", notes: [Names.secretRule],
                help: ["name a secret that is defined under `secrets:`; the value itself does not belong here"])
    }

    /// A credential: a text that should be a reference.
    static let credential = ValueKind(
        noun: "a text", accepted: .words, secrets: .kept, isCredential: true
    ) { text in
        text.isEmpty ? Problem(code: .badValue, message: "an empty text cannot be a secret in") : nil
    }

    /// A destination's option.
    static let option = ValueKind(noun: "a text, number or boolean", accepted: .words, secrets: .kept)

    /// The URL of a destination.
    static let destinationURL = ValueKind(
        noun: "a URL", secrets: .kept, isURL: true, form: ValueForm(pattern: "[A-Za-z][A-Za-z0-9+.-]*://.+|/.*")
    ) { text in
        URLs.problem(text, allowsPath: true)
    }

    /// The URL of a web service.
    static let webURL = ValueKind(
        noun: "a URL", secrets: .kept, isURL: true, form: ValueForm(pattern: "[Hh][Tt][Tt][Pp][Ss]?://.+")
    ) { text in
        URLs.problem(text, schemes: ["https", "http"])
    }

    /// An absolute path.
    static let absolutePath = ValueKind(noun: "a path", form: ValueForm(pattern: "/.*")) { text in
        if text.hasPrefix("/") { return nil }
        if text.hasPrefix("~") {
            let rest = text.dropFirst()
            return Problem(
                code: .badPath, message: "% is not an absolute path in",
                help: rest.isEmpty || rest.hasPrefix("/") ? ["write `${HOME}\(rest)`"] : ["write the path from `/` on"])
        }
        return Problem(
            code: .badPath, message: "% is not an absolute path in",
            help: [text.isEmpty ? "write the path from `/` on" : "write the path from `/` on, or `${PWD}/\(text)`"])
    }

    /// A path, from the folder of the configuration file when it is relative.
    static let path = ValueKind(noun: "a path", isFilePath: true) { text in
        if text.isEmpty { return Problem(code: .badPath, message: "an empty text is not a path in") }
        guard text.hasPrefix("~") else { return nil }
        return Problem(
            code: .badPath, message: "`~` is not expanded in", help: ["write `${HOME}\(text.dropFirst())`"])
    }

    /// A filter's expression.
    static let filter = ValueKind(noun: "a filter expression") { Filters.problem($0) }
}
