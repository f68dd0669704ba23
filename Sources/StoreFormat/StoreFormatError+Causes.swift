internal import Archive
internal import Cryptography
internal import Glibc
internal import Support

extension StoreFormatError {
    /// What a failed system call means for an object; `folder` is where its temporary file lies.
    init(from error: SystemError, object: String, folder: String) {
        switch error.code {
        case ENOSPC, EDQUOT: self.init(.noSpace(folder: folder), object: object)
        default: self.init(.localFile, object: object, detail: error.description)
        }
    }

    /// What a failure of the archive means for an object.
    init(from error: ArchiveError, object: String) {
        switch error {
        case .unsupportedMethod(let method, let name):
            self.init(.unsupported, object: object, detail: "entry \(name) is packed with \(method)")
        case .encryptedEntry(let name):
            self.init(.unsupported, object: object, detail: "entry \(name) has a zip password")
        case .notAnArchive: self.init(.damaged, object: object, detail: "it is not a zip archive")
        case .badData: self.init(.damaged, object: object, detail: "its compressed data is not well-formed")
        case .wrongLength: self.init(.damaged, object: object, detail: "an entry does not have the recorded size")
        case .damagedEntry(let name, let detail):
            self.init(.damaged, object: object, detail: "entry \(name): \(detail)")
        case .wrongChecksum(let name):
            self.init(.damaged, object: object, detail: "entry \(name) does not match its checksum")
        case .wrongBufferSize(let name, let needed):
            self.init(.damaged, object: object, detail: "entry \(name) has \(needed) bytes")
        case .nameTooLong: self.init(.notRepresentable, object: object, detail: "the name of an entry is too long")
        case .alreadyFinished: self.init(.localFile, object: object, detail: "it was finished before")
        case .outOfMemory: self.init(.localFile, object: object, detail: "there is not enough memory")
        }
    }

    /// What a failure of the encryption means for an object.
    init(from error: CryptError, object: String) {
        switch error {
        case .wrongPassphrase: self.init(.wrongPassphrase, object: object)
        case .emptyPassphrase:
            self.init(.passphraseMissing, object: object, detail: "the passphrase has no visible character")
        case .unsupportedVersion(let version):
            self.init(.unsupported, object: object, detail: "AES Crypt version \(version)")
        case .notAESCrypt: self.init(.damaged, object: object, detail: "it does not begin like an AES Crypt stream")
        case .truncated: self.init(.damaged, object: object, detail: "it ends too early")
        case .malformedHeader(let detail), .damaged(let detail):
            self.init(.damaged, object: object, detail: detail)
        case .bufferTooSmall, .alreadyFinished, .library:
            self.init(.localFile, object: object, detail: error.description)
        }
    }

    /// The same for any failure that this target knows; nil for somebody else's.
    init?(from error: any Error, object: String, folder: String) {
        switch error {
        case let error as StoreFormatError: self = error
        case let error as SystemError: self.init(from: error, object: object, folder: folder)
        case let error as ArchiveError: self.init(from: error, object: object)
        case let error as CryptError: self.init(from: error, object: object)
        default: return nil
        }
    }
}
