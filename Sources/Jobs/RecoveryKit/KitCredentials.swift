internal import Configuration
internal import Secrets
internal import Support

/// Gathers what a kit needs and must not show, and gives each of it a name that is fit for a file.
struct KitCredentials {
    private(set) var list: [RecoveryKit.Credential] = []
    private let sources: [String: SecretSource]

    init(sources: [String: SecretSource]) {
        self.sources = sources
    }

    /// The secret of a reference, which is noted as used for something.
    mutating func credential(_ reference: SecretReference, for use: String) -> RecoveryKit.Credential {
        add(.reference(reference), as: reference.name, sources[reference.name]?.provenance ?? "", use)
    }

    /// A value with its references named as the kit does; what is a secret by the name of its key is taken out.
    mutating func cleaned(_ value: Template, key: String, for use: String) -> Template {
        if let text = value.text, !text.isEmpty, CredentialNames.isCredential(key) {
            return Template([.secret(written(text, key, use))])
        }
        return renamed(value, use)
    }

    /// A URL with its references named as the kit does, and its passwords taken out.
    mutating func cleaned(url: Template, of destination: String, for use: String) -> Template {
        var pieces: [Template.Piece] = []
        var hasQuery = false
        for (index, piece) in url.pieces.enumerated() {
            guard case .text(let text) = piece else {
                pieces.append(piece)
                continue
            }
            // What tells a password is read from the beginning of a URL, which later pieces lack.
            let lead = index == 0 ? "" : hasQuery ? "x://x/?" : "x://x/"
            let whole = lead + text
            var start = whole.index(whole.startIndex, offsetBy: lead.count)
            for range in CredentialNames.ranges(inURL: whole).sorted(by: { $0.lowerBound < $1.lowerBound }) {
                pieces.append(.text(String(whole[start..<range.lowerBound])))
                let value = PercentEncoding.decode(whole[range].replacing("+", with: " "))
                pieces.append(.secret(written(String(decoding: value, as: UTF8.self), "\(destination)_url", use, true)))
                start = range.upperBound
            }
            pieces.append(.text(String(whole[start...])))
            hasQuery = hasQuery || text.contains("?")
        }
        return renamed(Template(pieces), use)
    }

    private mutating func renamed(_ value: Template, _ use: String) -> Template {
        Template(
            value.pieces.map { piece in
                guard case .secret(let reference) = piece, !list.contains(where: { $0.isWritten(reference.name) })
                else {
                    return piece
                }
                return .secret(SecretReference(credential(reference, for: use).name))
            })
    }

    private mutating func written(
        _ value: String, _ name: String, _ use: String, _ isURL: Bool = false
    ) -> SecretReference {
        let place = isURL ? "written in the URL of the configuration" : "written in the configuration"
        return SecretReference(add(.written(Secret(value)), as: name, place, use).name)
    }

    private mutating func add(
        _ origin: RecoveryKit.Credential.Origin, as name: String, _ provenance: String, _ use: String
    ) -> RecoveryKit.Credential {
        if let index = list.firstIndex(where: { $0.origin == origin }) {
            if !list[index].uses.contains(use) { list[index].uses.append(use) }
            return list[index]
        }
        let credential = RecoveryKit.Credential(
            name: freeName(name), uses: [use], provenance: provenance, origin: origin)
        list.append(credential)
        return credential
    }

    /// A name that a configuration, a file and a shell take without quotes.
    private func freeName(_ wanted: String) -> String {
        var plain = String(
            wanted.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") ? $0 : "_" }.prefix(56))
        while let first = plain.first, first == "-" || first == "_" { plain.removeFirst() }
        if plain.isEmpty { plain = "secret" }
        var name = plain
        var number = 2
        while list.contains(where: { $0.name == name }) {
            name = "\(plain)-\(number)"
            number += 1
        }
        return name
    }
}

extension RecoveryKit.Credential {
    /// Whether it is the secret of that name that stood in the configuration itself.
    fileprivate func isWritten(_ name: String) -> Bool {
        if case .written = origin { self.name == name } else { false }
    }
}
