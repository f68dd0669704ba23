internal import Secrets

extension ValueKind {
    /// A number of bytes a second.
    static let rate = ValueKind(
        noun: "a rate", accepted: .words,
        form: ValueForm(words: ["unlimited"], pattern: "\(ValueForm.size)/s", integers: 0...0)
    ) { text in
        guard TransferRate(parsing: text) == nil else { return nil }
        return Problem(
            code: .badSize, message: "% is not a rate in",
            notes: ["expected a rate like 20MiB/s or 500KB/s, 0 for nothing at all, or unlimited"],
            help: rateAdvice(text))
    }

    private static func rateAdvice(_ text: String) -> [String] {
        let lower = text.lowercased()
        if Scalars.size(text) != nil {
            return text.allSatisfy { $0.isNumber }
                ? ["write `\(text)KiB/s` if kibibytes are meant, as restic has it"] : ["write `\(text)/s`"]
        }
        for unit in ["ps", "/sec", "/second"] where lower.hasSuffix(unit) {
            let number = String(text.dropLast(unit.count))
            let isBits = number.hasSuffix("b") || lower.hasSuffix("bit\(unit)")
            if isBits { return ["rates count bytes, not bits: a megabit is 125KB"] }
            if Scalars.size(number) != nil { return ["write `\(number)/s`"] }
        }
        return []
    }

    /// A share.
    static let percentage = ValueKind(
        noun: "a percentage", accepted: .words, form: ValueForm(pattern: #"[0-9]+(\.[0-9]+)?%"#)
    ) { text in
        guard Percentage(parsing: text) == nil else { return nil }
        let isNumber = Double(text) != nil
        return Problem(
            code: .badValue, message: "% is not a percentage in", notes: ["expected 0% to 100%"],
            help: isNumber ? ["write `\(text)%`"] : [])
    }

    /// An address and a port to listen at.
    static let listenAddress = ValueKind(
        noun: "an address", accepted: .words, form: ValueForm(pattern: #"([^:/ ]*|\[[0-9a-fA-F:.%]+\]):[0-9]{1,5}"#)
    ) { text in
        guard ListenAddress(parsing: text) == nil else { return nil }
        let isPort = UInt16(text) != nil
        return Problem(
            code: .badValue, message: "% is not an address to listen at in",
            notes: ["expected ADDRESS:PORT, like 127.0.0.1:8080 or [::1]:8080"],
            help: isPort
                ? ["write `127.0.0.1:\(text)`, or `0.0.0.0:\(text)` for all addresses"]
                : text.contains("://") ? ["leave out the scheme"] : [])
    }

    /// A name by which a server is called.
    static let hostName = ValueKind(
        noun: "a name", accepted: .words, form: ValueForm(pattern: "[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
    ) { text in
        let isName =
            !text.isEmpty && text.count <= 253 && !text.hasPrefix("-") && !text.hasSuffix("-") && !text.hasPrefix(".")
            && !text.hasSuffix(".")
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ".-".contains($0)) }
        guard !isName else { return nil }
        return Problem(
            code: .badName, message: "% is not the name of a host in",
            notes: ["expected a name like backup.example.com"],
            help: text.contains("://") || text.contains(":") || text.contains("/")
                ? ["leave out scheme, port and path"]
                : text.contains("*") ? ["write each name as an item of its own"] : [])
    }

    /// The name of whoever has a token.
    static let tokenName = ValueKind(
        noun: "a name", accepted: .words, form: ValueForm(pattern: "[a-z0-9][a-z0-9._-]{0,62}")
    ) { text in
        Names.isName(text)
            ? nil : Problem(code: .badName, message: "% cannot name a token in", notes: [Names.rule])
    }

    /// The URL of a mail server.
    static let mailURL = ValueKind(
        noun: "a URL", secrets: .kept, isURL: true, form: ValueForm(pattern: #"[Ss][Mm][Tt][Pp][Ss]?://.+"#)
    ) { text in
        guard !text.contains("://"), !text.isEmpty, !text.hasPrefix("${secret:") else {
            return URLs.problem(text, schemes: ["smtps", "smtp"])
        }
        return Problem(
            code: .badURL, message: "the value is not a URL in", notes: ["expected smtps://USER@HOST:465"],
            help: text.contains(where: { $0.isWhitespace }) ? [] : ["write `smtps://\(text)`"])
    }

    /// The URL of an XMPP server: a scheme, a host, and a port where it is another than the usual one.
    static let xmppURL = ValueKind(
        noun: "a URL", isURL: true, form: ValueForm(pattern: #"[Xx][Mm][Pp][Pp][Ss]?://.+"#)
    ) { text in
        if let problem = URLs.problem(text, schemes: ["xmpp", "xmpps"]) { return problem }
        let rest = text.firstRange(of: "://").map { text[$0.upperBound...] } ?? ""
        guard rest.contains(where: { "@/?#".contains($0) }) else { return nil }
        return Problem(
            code: .badURL, message: "% is more than a server in", notes: ["expected xmpp://HOST:5222"],
            help: rest.contains("@") ? ["write the account as `from: USER@DOMAIN`"] : [])
    }

    /// An address of e-mail, with or without a name.
    static let mailAddress = ValueKind(
        noun: "an address", form: ValueForm(pattern: #"([^<>]*<[^<>@ ]+@[^<>@ ]+>|[^<>@ ]+@[^<>@ ]+)"#)
    ) { text in
        var address = text[...]
        if let open = text.firstIndex(of: "<"), text.hasSuffix(">") {
            address = text[text.index(after: open)...].dropLast()
        }
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        let isAddress =
            parts.count == 2 && !parts[0].isEmpty && !parts[1].isEmpty
            && !address.contains(where: { $0.isWhitespace || $0.isNewline || "<>,;".contains($0) })
        guard !isAddress else { return nil }
        return Problem(
            code: .badValue, message: "% is not an address in",
            notes: ["expected name@example.com, or \"Name <name@example.com>\""],
            help: text.contains(",") || text.contains(";") ? ["write each address as an item of its own"] : [])
    }

    /// The fingerprint of a public key.
    static let pin = ValueKind(
        noun: "a fingerprint", accepted: .words, form: ValueForm(pattern: "[0-9a-fA-F]{64}|[A-Za-z0-9+/]{43}=")
    ) { text in
        let isHexadecimal = text.utf8.count == 64 && text.allSatisfy { $0.isHexDigit }
        let isBase64 =
            text.utf8.count == 44 && text.hasSuffix("=")
            && text.dropLast().allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+/".contains($0)) }
        guard !isHexadecimal, !isBase64 else { return nil }
        return Problem(
            code: .badValue, message: "% is not a SHA-256 fingerprint in",
            notes: ["expected 64 hexadecimal digits, or 44 characters of base64"])
    }

    /// The hash of a plan.
    static let planHash = ValueKind(
        noun: "a hash", accepted: .words, form: ValueForm(pattern: "(sha256:)?[0-9a-f]{64}")
    ) { text in
        let digits = text.hasPrefix("sha256:") ? text.dropFirst(7) : text[...]
        let isHash = digits.utf8.count == 64 && digits.allSatisfy { $0.isHexDigit && !$0.isUppercase }
        guard !isHash else { return nil }
        return Problem(
            code: .badValue, message: "% is not the hash of a plan in",
            notes: ["expected `sha256:` and 64 hexadecimal digits, as `dunnage plan` prints them"])
    }

    /// A credential, or who logs in: a literal that need not be a secret.
    static let credentialOrName = ValueKind(noun: "a text", accepted: .words, secrets: .kept, isLogin: true) { text in
        text.isEmpty ? Problem(code: .badValue, message: "an empty text is no use in") : nil
    }

    /// A class of storage.
    static let storageClass = ValueKind(noun: "a word") { text in
        text.isEmpty || text.contains(where: { $0.isWhitespace })
            ? Problem(
                code: .badValue, message: "% is not a class of storage in", notes: ["expected a name like STANDARD_IA"])
            : nil
    }

    /// A container, user or label of Docker.
    static let dockerName = ValueKind(noun: "a name", accepted: .words) { text in
        text.isEmpty || text.contains(where: { $0.isWhitespace || $0.isNewline })
            ? Problem(code: .badName, message: "% is not a name that Docker knows in") : nil
    }

    /// Something that a report tells of.
    static let event = ValueKind.word(
        ReportSpecification.Event.allCases.map(\.rawValue),
        foreign: [
            "error": "write `failure`", "fail": "write `failure`", "failed": "write `failure`",
            "finish": "write `success, warning, failure`",
            "always": "write `success, warning, failure`", "all": "write `success, warning, failure`",
            "ok": "write `success`", "warn": "write `warning`",
            "begin": "write `start`", "started": "write `start`", "fatal": "write `failure`",
        ])

    /// A path below a folder.
    static let relativePath = ValueKind(noun: "a path") { text in
        let isBelow = !text.isEmpty && !text.hasPrefix("/") && !text.split(separator: "/").contains("..")
        guard !isBelow else { return nil }
        return Problem(
            code: .badPath, message: "% is not a path below a source in",
            help: text.hasPrefix("/") && text.count > 1
                ? ["write the path from the source on: `\(text.dropFirst())`"] : [])
    }
}
