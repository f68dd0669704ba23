internal import Cryptography
internal import Support
internal import Synchronization

/// The keys that sign for a region and service, one for each secret and day.
final class SigningKeys: Sendable {
    /// A key that is wiped with its last owner.
    final class Key: @unchecked Sendable {
        // Written in init only.
        private(set) var bytes: [UInt8]

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
        }

        deinit { SigningKeys.wipeBytes(&bytes) }
    }

    private struct Entry {
        let secret: Secret
        let day: String
        let key: Key
    }

    /// Room for the keys before and after they were refreshed, on both sides of midnight.
    private static let capacity = 4

    private let region: String
    private let service: String
    private let entries = Mutex<[Entry]>([])

    init(region: String, service: String) {
        self.region = region
        self.service = service
    }

    /// The key of a secret for a day, as `20261121`.
    func key(of secret: Secret, day: String) -> Key {
        entries.withLock { entries in
            if let entry = entries.first(where: { $0.day == day && $0.secret == secret }) { return entry.key }
            let key = derive(secret, day)
            if entries.count == Self.capacity { entries.removeFirst() }
            entries.append(Entry(secret: secret, day: day, key: key))
            return key
        }
    }

    private func derive(_ secret: Secret, _ day: String) -> Key {
        var key = Array("AWS4".utf8) + secret.withBytes { Array($0) }
        for part in [day, region, service, "aws4_request"] {
            let next = HMACSHA256.authenticate(Array(part.utf8), key: key)
            Self.wipeBytes(&key)
            key = next
        }
        defer { Self.wipeBytes(&key) }
        return Key(key.map { $0 })
    }

    private static func wipeBytes(_ bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes { if let base = $0.baseAddress { wipe(base, $0.count) } }
    }
}
