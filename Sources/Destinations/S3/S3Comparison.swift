internal import Cryptography
internal import Support
internal import Transport

/// Finds out whether an object that has a name already is what was to be stored there.
struct S3Comparison {
    let destination: S3Destination
    let name: String
    let file: LocalFile

    /// Succeeds for the same content.
    /// - Throws: `.exists` for other content.
    func settle(_ stored: S3Stored, _ sums: SliceDigests) throws(DestinationError) {
        guard try isSame(stored, sums) else { throw taken }
    }

    /// The same for a server that has only said that the name is taken.
    func settle(_ refusal: S3Refusal, _ sums: SliceDigests) throws(DestinationError) {
        switch try destination.look(name, .put) {
        case .there(let stored): try settle(stored, sums)
        case .missing:
            throw destination.failure(.transient, .put, name, "the name was taken, and was free again a moment later")
        case .unknown: throw taken
        }
    }

    var taken: DestinationError {
        destination.failure(.exists, .put, name, "an object of this name with other content is there already")
    }

    /// What is thrown for a file that is not what was announced.
    var stale: DestinationError {
        destination.failure(.localFile, .put, name, "\(file.path) changed since it was made")
    }

    private func isSame(_ stored: S3Stored, _ sums: SliceDigests) throws(DestinationError) -> Bool {
        guard stored.size == file.size else { return false }
        if file.size == 0 { return true }
        if let sum = stored.headers["x-amz-checksum-sha256"], !sum.contains("-") { return sum == sums.sha256.base64 }
        if let sum = stored.headers["x-amz-meta-sha256"] {
            // Of an object of parts it was said before there was any of them, which proves nothing.
            if sum != sums.sha256.hex || !stored.isOfParts { return sum == sums.sha256.hex }
        }
        if let md5 = stored.md5 {
            if md5 == sums.md5.hex { return true }
            if destination.connection.known?.preset.creation == .documented { return false }
        }
        return try hasContent(of: sums.sha256)
    }

    /// Reads an object whose server tells nothing else of it.
    func hasContent(of sha256: Digest) throws(DestinationError) -> Bool { try content() == sha256 }

    /// The SHA-256 of an object, which is read for it; nil when it lies in an archive.
    func content() throws(DestinationError) -> Digest? {
        let sink = HashingSink()
        let key = destination.settings.key(of: name)
        let access = destination.settings.encryption.access
        let answer = try destination.connection.send(.put, name, into: sink) { _ in
            var request = S3Request(.get, key)
            request.headers = access
            return request
        }
        switch answer {
        case .success: return sink.finish()
        case .refused(let refusal):
            if refusal.error.kind == .archived { return nil }
            throw refusal.error
        }
    }
}

/// Hashes a response instead of keeping it.
final class HashingSink: ResponseSink {
    private let context = HashContext(.sha256)

    func begin(_ head: HTTPResponse) throws(SystemError) { _ = context.finish() }

    func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) { context.update(bytes) }

    func end() throws(SystemError) {}

    /// The SHA-256 of the body.
    func finish() -> Digest { context.finish() }
}
