internal import Cryptography
internal import Glibc
internal import JSON
internal import Support
internal import Synchronization

/// Copies of values for the case that a provider cannot be reached.
///
/// In a file they are encrypted with AES Crypt under a passphrase that is computed from the machine and the provider's
/// URL: it keeps them from whoever has a backup of the file, not from whoever is on the machine.
struct DuplicatiCache {
    private let mode: DuplicatiSecret.Cache
    private let configuration: String
    private let session: SecretSession

    init(_ mode: DuplicatiSecret.Cache, configuration: String, _ session: SecretSession) {
        self.mode = mode
        self.configuration = configuration
        self.session = session
    }

    /// The copy of a value, if there is one.
    func value(of key: String) -> Secret? {
        switch mode {
        case .none: nil
        case .memory: session.copies[configuration, key]
        case .persistent: session.copies[configuration, key] ?? load()[key].map { Secret($0) }
        }
    }

    /// Keeps a copy.
    ///
    /// A file that cannot be written is no reason to do without the value.
    func keep(_ value: Secret, of key: String) {
        guard mode != .none else { return }
        session.copies[configuration, key] = value
        guard mode == .persistent, let path else { return }
        var values = load()
        let text = value.reveal()
        guard values[key] != text else { return }
        values[key] = text
        try? save(values, path)
    }

    // MARK: File

    private var digest: String { HashContext(.sha256).hash(Array(configuration.utf8)).hex }

    private var path: String? {
        session.surroundings.cacheFolder.map { "\($0)/secret-cache-\(digest.prefix(12)).json.aes" }
    }

    private var passphrase: Secret {
        Secret(HashContext(.sha256).hash(Array("\(Self.machine):\(configuration)".utf8)).base64)
    }

    /// What no other machine has.
    private static let machine: String = {
        for path in ["/etc/machine-id", "/var/lib/dbus/machine-id"] {
            guard let bytes = try? SmallFile.read(path, limit: 256) else { continue }
            let text = String(decoding: bytes.filter { $0 > 0x20 }, as: UTF8.self)
            if !text.isEmpty { return text }
        }
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()

    private static let limit = 4 << 20

    private func load() -> [String: String] {
        guard let path, let sealed = try? SmallFile.read(path, limit: Self.limit) else { return [:] }
        let sink = MemorySink()
        let isOpen: Void? = sealed.withUnsafeBytes { try? AESCryptReader.decrypt($0, passphrase: passphrase, to: sink) }
        guard isOpen != nil, let members = (try? JSONValue(parsing: sink.bytes))?.object else { return [:] }
        return Dictionary(members.compactMap { member in member.value.string.map { (member.name, $0) } }) { $1 }
    }

    private func save(_ values: [String: String], _ path: String) throws {
        let sink = MemorySink()
        let writer = try AESCryptWriter(to: sink, passphrase: passphrase, createdBy: "dunnage")
        let document = JSONValue.object(values.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
        var plain = document.serialized()
        defer { plain.withUnsafeMutableBytes { if let base = $0.baseAddress { wipe(base, $0.count) } } }
        try plain.withUnsafeBytes { try writer.write($0) }
        try writer.finish()
        if let folder = session.surroundings.cacheFolder { try FileTree.createFolder(folder, mode: 0o700) }
        let temporary = "\(path).\(getpid()).tmp"
        defer { unlink(temporary) }
        do {
            let file = try FileDescriptor.open(temporary, flags: O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
            try sink.bytes.withUnsafeBytes { try file.write(all: $0) }
            try file.synchronize()
        }
        guard rename(temporary, path) == 0 else { throw SystemError("rename", path: temporary) }
    }
}

/// The copies that live as long as the process.
final class SecretCopies: Sendable {
    private let values = Mutex<[String: [String: Secret]]>([:])

    /// The copy of a provider's key.
    subscript(provider: String, key: String) -> Secret? {
        get { values.withLock { $0[provider]?[key] } }
        set { values.withLock { $0[provider, default: [:]][key] = newValue } }
    }
}
