internal import Cryptography
internal import Support
internal import Transport

extension S3MultipartPut {
    private var comparison: S3Comparison { S3Comparison(destination: destination, name: name, file: file) }

    /// Whether the object is there already, with this content.
    func isThere(_ plan: Plan) throws(DestinationError) -> Bool {
        try destination.caller.run(.put, name) { _ throws(DestinationError) in
            guard case .there(let stored) = try destination.look(name, .put) else { return false }
            guard stored.size == file.size else { throw comparison.taken }
            let sha256 = try self.sha256()
            if let sum = stored.headers["x-amz-meta-sha256"], sum != sha256.hex { throw comparison.taken }
            // What we have said of it ourselves, before there was any of it, proves nothing.
            if stored.isOfParts, !S3Encryption.hidesMD5(stored.headers), stored.etag.hasSuffix("-\(plan.count)"),
                try stored.etag == tag(plan)
            {
                return true
            }
            guard try comparison.hasContent(of: sha256) else { throw comparison.taken }
            return true
        }
    }

    /// Whether the object is what these parts make.
    func isThere(once sums: [Sum]) throws(DestinationError) -> Bool {
        guard case .there(let stored) = try destination.look(name, .put), stored.size == file.size else { return false }
        if stored.etag == Self.etag(of: sums.map(\.md5)) { return true }
        return try comparison.hasContent(of: try sha256())
    }

    /// The SHA-256 of the file: what was announced, or what is read.
    private func sha256() throws(DestinationError) -> Digest {
        if let known = file.knownSHA256 { return known }
        return try digests(of: 0..<file.size).sha256
    }

    /// The tag that the file has as an object of parts.
    private func tag(_ plan: Plan) throws(DestinationError) -> String {
        let hash = S3PartHash(file, destination.environment.cancellation)
        var sums: [Digest] = []
        for number in 1...plan.count { sums.append(try digests(of: plan.range(of: number), hash).md5) }
        guard hash.isAsAnnounced() else { throw comparison.stale }
        return Self.etag(of: sums)
    }

    /// What the server says of the object that it has made of the parts.
    struct Made {
        let etag: String?
        let version: String?
    }

    /// Compares the tag of the whole with that of its parts, where it is made of them, or else the content.
    func verify(_ made: Made, _ sums: [Sum]) throws(DestinationError) {
        guard let etag = made.etag, settings.encryption.keepsETags, connection.known?.hasMultipartETags == true,
            etag != Self.etag(of: sums.map(\.md5))
        else { return }
        let stored = try destination.stored(name, .put)
        guard stored.size == file.size else {
            discard(made, stored)
            throw destination.failure(
                .corrupt, .put, name, "the object has \(stored.size ?? -1) bytes instead of \(file.size)")
        }
        if S3Encryption.hidesMD5(stored.headers) { return }
        if connection.known?.preset.trustsMultipartETags != true {
            let content = try destination.caller.run(.put, name) { _ throws(DestinationError) in
                try comparison.content()
            }
            // Each part was compared, and what has gone to the archive tells no more for now.
            guard let content else { return }
            if try content == sha256() {
                // This provider has a way of its own to name the whole.
                connection.learn { $0.hasMultipartETags = false }
                return
            }
        }
        discard(made, stored)
        throw destination.failure(.corrupt, .put, name, "the server has made another object of the parts")
    }

    /// Removes the object that was made, and nobody else's.
    private func discard(_ made: Made, _ stored: S3Stored) {
        guard made.version != nil || stored.etag == made.etag else { return }
        // If it cannot be removed, the next put looks at its content, and says so.
        _ = try? destination.caller.run(.put, name) { _ throws(DestinationError) in
            try destination.remove(key: key, version: made.version, of: name)
        }
    }

    /// The tag of an object of parts: the MD5 of their MD5s, and their number.
    static func etag(of sums: [Digest]) -> String {
        let all = sums.flatMap(\.bytes)
        return "\(HashContext(.md5).hash(all).hex)-\(sums.count)"
    }
}
