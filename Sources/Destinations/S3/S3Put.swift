internal import Cryptography
internal import Support
internal import Transport

/// One put in one request.
struct S3Put {
    let destination: S3Destination
    let name: String
    let file: LocalFile

    private var connection: S3Connection { destination.connection }
    private var settings: S3Settings { destination.settings }

    func run() throws(DestinationError) {
        var digests: SliceDigests?
        var isDoubted = false
        try destination.caller.run(.put, name, within: file.patience) { attempt throws(DestinationError) in
            let sums = if let digests { digests } else { try hash(isDoubted) }
            digests = sums
            do throws(DestinationError) {
                try once(attempt, sums)
            } catch {
                // What did not arrive as it was read is read again, all of it.
                if error.kind == .corrupt {
                    digests = nil
                    isDoubted = true
                }
                throw error
            }
        }
    }

    /// Hashes the file.
    ///
    /// A known SHA-256 is computed again only in doubt, and where the server does not compare it with what arrives.
    private func hash(_ isDoubted: Bool) throws(DestinationError) -> SliceDigests {
        let known = file.knownSHA256
        let sums: SliceDigests
        do throws(SliceDigests.Failure) {
            sums = try SliceDigests(
                of: FileSlice(path: file.path, count: file.size),
                sha256: isDoubted || settings.leavesPayloadUnsigned ? nil : known, destination.environment.cancellation)
        } catch {
            throw DestinationError(error, of: file.path, name, at: destination.label)
        }
        if let known, sums.sha256 != known {
            throw S3Comparison(destination: destination, name: name, file: file).stale
        }
        return sums
    }

    private func once(_ attempt: Caller.Attempt, _ sums: SliceDigests) throws(DestinationError) {
        let comparison = S3Comparison(destination: destination, name: name, file: file)
        for _ in 1...2 {
            let isExclusive = try destination.creation(.put, name)
            if !isExclusive || attempt.earlierMayHaveArrived, case .there(let stored) = try destination.look(name, .put)
            {
                return try comparison.settle(stored, sums)
            }
            switch try send(sums, isExclusive) {
            case .success(let response): return try verify(response, sums, isExclusive)
            case .refused(let refusal):
                if refusal.isTaken { return try comparison.settle(refusal, sums) }
                // The server has just said that it knows no conditions; look first, then.
                guard isExclusive, connection.known?.createsExclusively == false else { throw refusal.error }
            }
        }
        throw destination.failure(.unsupported, .put, name, "the server takes puts neither with nor without conditions")
    }

    private func send(_ sums: SliceDigests, _ isExclusive: Bool) throws(DestinationError) -> S3Answer {
        try connection.send(.put, name) { known in
            var request = S3Request(.put, settings.key(of: name))
            (request.headers, request.uses) = destination.creationHeaders(known, file.role)
            request.headers["Content-MD5"] = sums.md5.base64
            if known.has(.checksum) {
                request.headers["x-amz-checksum-sha256"] = sums.sha256.base64
                request.uses.insert(.checksum)
            }
            if !settings.encryption.keepsETags, known.has(.metadata) {
                request.headers["x-amz-meta-sha256"] = sums.sha256.hex
                request.uses.insert(.metadata)
            }
            if isExclusive {
                let (header, value) = known.creationHeader
                request.headers[header] = value
                request.uses.insert(.condition)
            }
            request.file = (FileSlice(path: file.path, count: file.size), sums.sha256.hex)
            request.mayBeUnsigned = true
            return request
        }
    }

    /// Compares what the server says that it got.
    private func verify(
        _ response: HTTPResponse, _ sums: SliceDigests, _ isExclusive: Bool
    ) throws(DestinationError) {
        let etag = response.headers["ETag"].map(FileDownload.unquoted) ?? ""
        guard settings.encryption.keepsETags, let md5 = S3Stored.md5(etag, response.headers), md5 != sums.md5.hex else {
            return
        }
        let version = response.headers["x-amz-version-id"]
        if isExclusive || version != nil {
            // Nobody else can have written it. If it cannot be removed, the next try finds it and says so.
            _ = try? connection.send(.delete, name) { _ in
                S3Request(
                    .delete, settings.key(of: name), query: version.map { [("versionId", $0)] } ?? [])
            }
        }
        throw destination.failure(
            .corrupt, .put, name, "the server has the MD5 \(md5) instead of \(sums.md5.hex)")
    }
}
