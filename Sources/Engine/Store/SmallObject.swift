internal import Cryptography
internal import Destinations
internal import Glibc
internal import StoreFormat
internal import Support

/// Objects of a few bytes that this program keeps beside a backup, encrypted when the backup is.
///
/// Their names are none that Duplicati knows, so it leaves them alone.
struct SmallObject {
    let destination: any Destination
    let passphrase: Secret?
    /// A folder for the file that is sent or fetched.
    let folder: String

    /// More is not read: whatever it is, it is none of ours.
    private static let largest = 1 << 20

    /// Stores bytes under a free name.
    func put(_ name: String, _ bytes: [UInt8]) throws {
        let path = "\(folder)/object-\(Hex.encode(RandomBytes.make(12)))"
        defer { unlink(path) }
        let sealed = try seal(bytes)
        let file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_EXCL)
        try sealed.withUnsafeBytes { try file.write(all: $0) }
        let digest = HashContext(.sha256).hash(sealed)
        try destination.put(name, from: LocalFile(path: path, size: Int64(sealed.count), sha256: digest.hex))
    }

    /// The bytes of an object, as far as they can be had.
    func get(_ name: String) throws -> Content {
        let path = "\(folder)/object-\(Hex.encode(RandomBytes.make(12)))"
        defer { unlink(path) }
        do throws(DestinationError) {
            let size = try destination.get(name, to: path)
            guard size <= Self.largest else { return .unreadable }
        } catch {
            if error.kind == .missingObject { return .missing }
            throw error
        }
        let file = try FileDescriptor.open(path)
        var bytes = [UInt8](repeating: 0, count: Int(try file.size()))
        let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0) }
        bytes.removeLast(bytes.count - count)
        guard name.hasSuffix(".aes") else { return .bytes(bytes) }
        guard let passphrase, let plain = try? Self.open(bytes, passphrase) else { return .unreadable }
        return .bytes(plain)
    }

    /// What was found under a name.
    enum Content {
        case bytes([UInt8])
        case missing
        case unreadable
    }

    private func seal(_ bytes: [UInt8]) throws -> [UInt8] {
        guard let passphrase else { return bytes }
        let sink = MemorySink()
        let writer = try AESCryptWriter(to: sink, passphrase: passphrase)
        try bytes.withUnsafeBytes { try writer.write($0) }
        try writer.finish()
        return sink.bytes
    }

    private static func open(_ bytes: [UInt8], _ passphrase: Secret) throws -> [UInt8] {
        try bytes.withUnsafeBytes { sealed in
            let capacity = try AESCryptReader.plaintextCapacity(of: sealed)
            var plain = [UInt8](repeating: 0, count: capacity)
            let count = try plain.withUnsafeMutableBytes {
                try AESCryptReader.decrypt(sealed, passphrase: passphrase, into: $0)
            }
            return Array(plain[..<count])
        }
    }
}
