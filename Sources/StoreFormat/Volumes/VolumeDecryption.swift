internal import Cryptography
internal import Support

/// Turns a stored object into the bytes of its archive.
struct VolumeDecryption {
    /// Up to this size plaintext stays in memory.
    static let memoryLimit = 64 << 20

    let name: ObjectName
    let passphrase: Secret?
    let folder: String

    /// The archive of an object that lies in a local file.
    func archive(ofFileAt path: String) throws(StoreFormatError) -> VolumeBytes {
        switch name.encryption {
        case .gpg:
            return try GPGDecryption(name: name, passphrase: try requiredPassphrase(), folder: folder).decrypt(path)
        case .none:
            return try mapped(path)
        case .aes:
            return try decrypt(try mapped(path), isMapped: true)
        }
    }

    /// The archive of an object in memory.
    func archive(of stored: [UInt8]) throws(StoreFormatError) -> VolumeBytes {
        switch name.encryption {
        case .none:
            let copy = try memory(stored.count)
            copy.writable.copyBytes(from: stored)
            return copy
        case .aes:
            let copy = try memory(stored.count)
            copy.writable.copyBytes(from: stored)
            return try decrypt(copy)
        case .gpg:
            throw StoreFormatError(.unsupported, object: name.text, detail: "gpg objects are read from files only")
        }
    }

    /// A mapped file need not be in memory as a whole beside its plaintext.
    private func decrypt(
        _ ciphertext: VolumeBytes, isMapped: Bool = false
    ) throws(StoreFormatError) -> VolumeBytes {
        let passphrase = try requiredPassphrase()
        // The mapping must outlive the use of its bytes.
        defer { withExtendedLifetime(ciphertext) {} }
        do {
            let capacity = try AESCryptReader.plaintextCapacity(of: ciphertext.bytes)
            let plaintext = try memory(capacity)
            let count = try AESCryptReader.decrypt(
                ciphertext.bytes, passphrase: passphrase, into: plaintext.writable,
                passed: { if isMapped { MappedPages.release($0, of: ciphertext.bytes) } })
            plaintext.truncate(to: count)
            return plaintext
        } catch let error as CryptError {
            throw StoreFormatError(from: error, object: name.text)
        } catch let error as StoreFormatError {
            throw error
        } catch {
            throw StoreFormatError(.damaged, object: name.text, detail: "\(error)")
        }
    }

    private func mapped(_ path: String) throws(StoreFormatError) -> VolumeBytes {
        do {
            return try VolumeBytes.mapping(path)
        } catch {
            throw StoreFormatError(from: error, object: name.text, folder: folder)
        }
    }

    private func memory(_ count: Int) throws(StoreFormatError) -> VolumeBytes {
        do {
            return count <= Self.memoryLimit
                ? try VolumeBytes.anonymous(count) : try VolumeBytes.nameless(count, in: folder)
        } catch {
            throw StoreFormatError(from: error, object: name.text, folder: folder)
        }
    }

    private func requiredPassphrase() throws(StoreFormatError) -> Secret {
        guard let passphrase else { throw StoreFormatError(.passphraseMissing, object: name.text) }
        return passphrase
    }
}
