public import Configuration

/// A foreign job description that cannot be converted at all.
public enum ImportError: Error, Sendable, Hashable, CustomStringConvertible {
    /// An encrypted export, and no passphrase.
    case passphraseNeeded(file: String)
    /// An encrypted export that the passphrase does not open, or that is damaged.
    case locked(file: String, detail: String)
    /// The file is not what it is said to be.
    case unreadable(file: String, detail: String, advice: String)
    /// What came out is no configuration: the foreign file holds values that this language has no place for.
    case unusable(InvalidConfiguration)

    /// One sentence of cause and one of remedy.
    public var description: String {
        switch self {
        case .passphraseNeeded(let file): "\(file) is encrypted. Name its passphrase with --passphrase-file"
        case .locked(let file, let detail): "\(file) cannot be decrypted: \(detail). Check the passphrase"
        case .unreadable(let file, let detail, let advice): "\(file): \(detail). \(advice)"
        case .unusable(let problem): "what was imported cannot be used: \(problem)"
        }
    }
}
