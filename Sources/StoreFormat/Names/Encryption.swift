/// How an object is encrypted; the raw value is the last part of its name.
public enum Encryption: String, Sendable, Hashable, CaseIterable {
    /// Not at all.
    case none = ""

    /// AES Crypt.
    case aes

    /// OpenPGP, by the program `gpg`.
    case gpg
}
