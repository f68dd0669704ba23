/// A text with secrets left open, to be filled in by a ``SecretStore`` at the moment of use.
public struct Template: Sendable, Hashable, CustomStringConvertible {
    /// A part of a template.
    public enum Piece: Sendable, Hashable {
        /// Text that stays as it is.
        case text(String)
        /// A secret that is filled in.
        case secret(SecretReference)
    }

    /// The parts in order; neighbouring texts are one piece, and none is empty.
    public let pieces: [Piece]

    /// A template of these parts.
    public init(_ pieces: [Piece]) {
        var joined: [Piece] = []
        for piece in pieces {
            if case .text(let text) = piece {
                if text.isEmpty { continue }
                if case .text(let before)? = joined.last {
                    joined[joined.count - 1] = .text(before + text)
                    continue
                }
            }
            joined.append(piece)
        }
        self.pieces = joined
    }

    /// A template without secrets.
    public init(_ text: String) {
        self.init([.text(text)])
    }

    /// The secrets it needs, in the order of the text.
    public var references: [SecretReference] {
        pieces.compactMap { if case .secret(let reference) = $0 { reference } else { nil } }
    }

    /// The text, when no secret is part of it.
    public var text: String? {
        switch pieces.first {
        case nil: ""
        case .text(let text)? where pieces.count == 1: text
        default: nil
        }
    }

    /// The template with every occurrence of `placeholder` in its text replaced.
    public func replacing(_ placeholder: String, with text: String) -> Template {
        Template(
            pieces.map { piece in
                guard case .text(let before) = piece else { return piece }
                return .text(before.replacing(placeholder, with: text))
            })
    }

    /// Whether the text (not the secrets) holds `part`.
    public func contains(_ part: String) -> Bool {
        pieces.contains { if case .text(let text) = $0 { text.contains(part) } else { false } }
    }

    /// The template with its references, and dots for a password that a URL holds in clear: safe to print.
    public var description: String {
        let text = pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .secret(let reference): reference.description
            }
        }.joined()
        return CredentialNames.maskingURL(text)
    }
}
