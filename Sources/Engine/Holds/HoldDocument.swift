internal import Cryptography
internal import JSON
internal import Support

/// The content of the object that keeps holds, as bytes.
enum HoldDocument {
    private static let schema = "urn:dunnage:holds:v1"

    static func encode(_ holds: [Hold], generation: Int64, passphrase: Secret?) throws -> [UInt8] {
        let document = JSONValue.object([
            .init("schema", .string(schema)), .init("generation", .integer(generation)),
            .init(
                "holds",
                .array(
                    holds.map { hold in
                        .object(
                            [
                                .init("version", .string(hold.version.iso8601)),
                                .init("since", .string(hold.since.iso8601)),
                            ] + (hold.reason.map { [.init("reason", .string($0))] } ?? []))
                    })),
        ])
        let bytes = document.serialized(pretty: true) + [UInt8(ascii: "\n")]
        guard let passphrase else { return bytes }
        let sink = MemorySink()
        let writer = try AESCryptWriter(to: sink, passphrase: passphrase, createdBy: nil)
        try bytes.withUnsafeBytes { try writer.write($0) }
        try writer.finish()
        return sink.bytes
    }

    /// Reads what `encode` made; nil when it is not that, or has another number than its name.
    static func decode(_ bytes: [UInt8], generation: Int64, passphrase: Secret?) -> [Hold]? {
        guard let plain = decrypt(bytes, passphrase), let document = try? JSONValue(parsing: plain),
            document["schema"]?.string == schema, document["generation"]?.integer == generation,
            let entries = document["holds"]?.array
        else { return nil }
        var holds: [Hold] = []
        for entry in entries {
            guard let version = entry["version"]?.string.flatMap({ Timestamp(iso8601: $0) }),
                let since = entry["since"]?.string.flatMap({ Timestamp(iso8601: $0) })
            else { return nil }
            holds.append(Hold(version: version, reason: entry["reason"]?.string, since: since))
        }
        return holds
    }

    private static func decrypt(_ bytes: [UInt8], _ passphrase: Secret?) -> [UInt8]? {
        guard let passphrase else { return bytes }
        return bytes.withUnsafeBytes { stored in
            guard let capacity = try? AESCryptReader.plaintextCapacity(of: stored) else { return nil }
            var output = [UInt8](repeating: 0, count: capacity)
            let count = output.withUnsafeMutableBytes { buffer in
                try? AESCryptReader.decrypt(stored, passphrase: passphrase, into: buffer)
            }
            return count.map { Array(output[..<$0]) }
        }
    }
}
