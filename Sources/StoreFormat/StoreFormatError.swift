/// An object of a store that cannot be read, or one that cannot be written.
public struct StoreFormatError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, as far as a caller can act on it.
    public enum Kind: Sendable, Hashable {
        /// The object is encrypted and no passphrase was given.
        case passphraseMissing

        /// The passphrase does not open the object.
        case wrongPassphrase

        /// The bytes are not the ones that were written.
        case damaged

        /// The object is intact but uses something this program does not read.
        case unsupported

        /// The object belongs to a store with other settings.
        case settingsDiffer

        /// The object has no `manifest` entry.
        case manifestMissing

        /// The object has no entry of this name.
        case entryMissing

        /// The temporary folder's file system is full.
        case noSpace(folder: String)

        /// A local file cannot be created, read or written.
        case localFile

        /// The `gpg` program is missing or cannot be run.
        case gpgUnavailable

        /// The `gpg` program was ended from outside before its own end.
        case gpgStopped

        /// The value has no form in the store: a name that is not UTF-8, a file without a hash.
        case notRepresentable

        /// Whether it says something of this machine, and nothing of the object or the passphrase.
        public var concernsThisMachine: Bool {
            switch self {
            case .noSpace, .localFile, .gpgUnavailable, .gpgStopped: true
            default: false
            }
        }
    }

    /// What is wrong.
    public let kind: Kind

    /// The remote object's name, or the path of the entry that has no form.
    public let object: String

    /// The fault in a few words; never a secret.
    public let detail: String

    /// Creates an error about an object.
    public init(_ kind: Kind, object: String, detail: String = "") {
        self.kind = kind
        self.object = object
        self.detail = detail
    }

    /// One sentence of cause and one of remedy.
    public var description: String {
        let suffix = detail.isEmpty ? "" : ": \(detail)"
        return "\(object) \(cause)\(suffix). \(remedy)"
    }

    private var cause: String {
        switch kind {
        case .passphraseMissing: "is encrypted and no passphrase was given"
        case .wrongPassphrase: "cannot be opened with this passphrase"
        case .damaged: "is damaged"
        case .unsupported: "cannot be read by this version"
        case .settingsDiffer: "was written with other settings than the rest of the store"
        case .manifestMissing: "has no manifest"
        case .entryMissing: "lacks an entry"
        case .noSpace(let folder): "cannot be written because the temporary folder \(folder) is full"
        case .localFile: "cannot be read or written locally"
        case .gpgUnavailable: "needs the gpg program, which cannot be run"
        case .gpgStopped: "is not decrypted, because the gpg program was stopped"
        case .notRepresentable: "cannot be stored"
        }
    }

    private var remedy: String {
        switch kind {
        case .passphraseMissing: "Give the passphrase that the store was created with."
        case .wrongPassphrase: "Check the passphrase: every character counts, blanks and case included."
        case .damaged, .manifestMissing, .entryMissing:
            "Fetch the object again; if it stays so, restore it from a copy or repair the store."
        case .unsupported: "Restore it with the program that wrote it."
        case .settingsDiffer: "Use the block size and hash algorithms of the existing store."
        case .noSpace: "Free space there or choose another temporary folder."
        case .localFile: "Check the permissions and the disk of the temporary folder."
        case .gpgUnavailable: "Install GnuPG (Debian package gnupg)."
        case .gpgStopped: "Try again; if nobody stopped it, look whether the system ran out of memory."
        case .notRepresentable: "Rename it, or leave it out of the backup."
        }
    }
}
