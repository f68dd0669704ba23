internal import Cryptography
internal import Support

/// A value in a file of several (JSON, dotenv or YAML), or in an AES Crypt file.
public struct SecretContent: Sendable, Hashable {
    /// What the file holds.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// A JSON document.
        case json
        /// Lines of `NAME=VALUE`.
        case dotenv
        /// A YAML document.
        case yaml
    }

    /// The file.
    public let path: String
    /// What it holds; nil goes by its name.
    public let format: Format?
    /// The path to the value, such as `database.password`; nil for the whole content.
    public let key: String?
    /// Whether keys match in any letter case.
    public let ignoresCase: Bool
    /// The passphrase of an AES Crypt file; nil when the file is not encrypted.
    public let passphrase: SecretReference?

    /// A value in a file.
    public init(
        path: String, format: Format? = nil, key: String?, ignoresCase: Bool = false,
        passphrase: SecretReference? = nil
    ) {
        self.path = path
        self.format = format
        self.key = key
        self.ignoresCase = ignoresCase
        self.passphrase = passphrase
    }

    /// The format that a file's name tells: `.json`, `.env`, `.yaml` or `.yml`, `.aes` behind it left out.
    public static func format(ofName path: String) -> Format? {
        var name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
        if name.hasSuffix(".aes") { name.removeLast(4) }
        if name.hasSuffix(".json") { return .json }
        if name.hasSuffix(".yaml") || name.hasSuffix(".yml") { return .yaml }
        return name.hasSuffix(".env") ? .dotenv : nil
    }
}

extension SecretContent: SecretProvider {
    var provenance: String {
        "\(passphrase == nil ? "file" : "encrypted file") \(path)\(key.map { ", key \($0)" } ?? "")"
    }

    func fetch(_ session: SecretSession) throws(SecretError) -> Secret {
        try fetch(session, try passphrase.map { reference throws(SecretError) in try session.resolve(reference) })
    }

    /// Gets the value with a passphrase that is known already.
    func fetch(_ session: SecretSession, _ passphrase: Secret?) throws(SecretError) -> Secret {
        let place = "file \(path)"
        var content = try SecretFile(name: session.name, path: path, largest: Self.limit).bytes()
        defer { content.withUnsafeMutableBytes { if let base = $0.baseAddress { wipe(base, $0.count) } } }
        if let passphrase { try decrypt(&content, passphrase, session) }
        guard let key else { return try session.value(&content, "file", place) }
        guard let format = format ?? Self.format(ofName: path) else {
            throw session.failure(
                "file", place,
                .notConfigured(
                    "its name does not tell what it holds",
                    advice: "Say with `format` whether it is json, dotenv or yaml"))
        }
        let values = KeyedContent(format: format, ignoresCase: ignoresCase)
        let text: String
        do throws(KeyedContentError) {
            text = try values.value(of: key, in: content)
        } catch {
            throw session.failure("file", place, error.cause)
        }
        return try session.value(text, "file", place)
    }

    /// Enough for any collection of secrets.
    private static let limit = 1 << 20

    private func decrypt(
        _ content: inout [UInt8], _ passphrase: Secret, _ session: SecretSession
    ) throws(SecretError) {
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: max(content.count, 1), alignment: 16)
        defer {
            if let base = room.baseAddress { wipe(base, room.count) }
            room.deallocate()
        }
        do throws(CryptError) {
            let count = try Self.decrypt(content, passphrase, into: room)
            content = Array(room[..<count])
        } catch {
            let cause: SecretProviderFailure.Cause =
                error == .wrongPassphrase ? .wrongPassphrase : .malformed("\(error)")
            throw session.failure("file", "file \(path)", cause)
        }
    }

    private static func decrypt(
        _ content: [UInt8], _ passphrase: Secret, into room: UnsafeMutableRawBufferPointer
    ) throws(CryptError) -> Int {
        // Other programs pad in other ways.
        let result = content.withUnsafeBytes { cipher -> Result<Int, CryptError> in
            do throws(CryptError) {
                return .success(
                    try AESCryptReader.decrypt(cipher, passphrase: passphrase, into: room, checksPadding: false))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
