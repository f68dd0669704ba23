internal import Cryptography
internal import Support
internal import Synchronization
internal import Transport
internal import XML

/// One put in parts, which goes on where an earlier one was interrupted.
///
/// What is known of the earlier one, the server knows: the uploads of the key, their parts, and the MD5 of each. All
/// parts but the last have the same size, as some providers want it.
struct S3MultipartPut {
    let destination: S3Destination
    let name: String
    let file: LocalFile

    var connection: S3Connection { destination.connection }
    var settings: S3Settings { destination.settings }
    var key: String { settings.key(of: name) }

    func run() throws(DestinationError) {
        let isExclusive = try destination.caller.run(.put, name) { _ throws(DestinationError) in
            try destination.creation(.put, name)
        }
        let plan = Plan(size: file.size, given: settings.partSize, preset: try connection.knowledge(.put, name).preset)
        guard plan.count <= Int(try connection.knowledge(.put, name).preset.maximumParts), file.size <= 5 << 40 else {
            throw destination.failure(
                .unsupported, .put, name, "\(ByteCount(file.size)) are more than an object may have",
                advice: "Use smaller volumes.")
        }
        if try isThere(plan) { return }
        let (upload, parts) = if let found = try resumed(plan) { found } else { try begun() }
        do throws(DestinationError) {
            try store(plan, upload, parts, isExclusive)
        } catch {
            // Somebody has removed the upload, as things are swept away that nobody seems to go on with.
            guard error.detail.hasPrefix("NoSuchUpload") else { throw error }
            let (another, none) = try begun()
            try store(plan, another, none, isExclusive)
        }
    }

    private func store(
        _ plan: Plan, _ upload: S3Upload, _ parts: [Int: S3Part], _ isExclusive: Bool
    ) throws(DestinationError) {
        // Several threads of one process never share an upload.
        destination.busyUploads.withLock { _ = $0.insert(upload.id) }
        defer { destination.busyUploads.withLock { _ = $0.remove(upload.id) } }
        do throws(DestinationError) {
            let sums = try send(plan, upload, parts)
            try complete(upload, sums, isExclusive)
        } catch {
            // What may pass is gone on with by the next try, which finds the parts.
            if error.kind != .transient, error.kind != .throttled, error.kind != .cancelled {
                _ = try? destination.abort(upload, .put, name)
            }
            throw error
        }
    }

    // MARK: The beginning

    /// The newest upload of this key that was cut in the same way.
    private func resumed(_ plan: Plan) throws(DestinationError) -> (S3Upload, [Int: S3Part])? {
        let uploads: [S3Upload]
        do throws(DestinationError) {
            uploads = try destination.unfinishedUploads(prefix: key, .put, name)
        } catch {
            // Without the right to list them, or on a server without lists, the parts are sent anew.
            guard error.kind == .permission || error.kind == .unsupported || error.kind == .configuration else {
                throw error
            }
            return nil
        }
        let wanted = settings.storageClass(of: file.role) ?? "STANDARD"
        let candidates = uploads.filter { upload in
            upload.key.utf8.elementsEqual(key.utf8) && (upload.storageClass ?? wanted) == wanted
                && !destination.busyUploads.withLock { $0.contains(upload.id) }
        }
        if settings.lockPeriod != nil {
            // The lock was reckoned when they began, and would end too early.
            for upload in candidates { _ = try? destination.abort(upload, .put, name) }
            return nil
        }
        for upload in candidates.sorted(by: { ($0.began?.seconds ?? 0) > ($1.began?.seconds ?? 0) }) {
            guard let parts = try destination.parts(of: upload, .put, name) else { continue }
            let isOfPlan = parts.values.allSatisfy { part in
                (1...plan.count).contains(part.number)
                    && part.size == plan.range(of: part.number).upperBound - plan.range(of: part.number).lowerBound
            }
            if isOfPlan { return (upload, parts) }
        }
        return nil
    }

    private func begun() throws(DestinationError) -> (S3Upload, [Int: S3Part]) {
        let root = try destination.caller.run(.put, name) { _ throws(DestinationError) -> XMLElement in
            let response = try connection.send(.put, name, expectsDocument: true) { known in
                var request = S3Request(.post, key, query: [("uploads", "")])
                (request.headers, request.uses) = destination.creationHeaders(known, file.role)
                if let sum = file.knownSHA256, known.has(.metadata) {
                    request.headers["x-amz-meta-sha256"] = sum.hex
                    request.uses.insert(.metadata)
                }
                return request
            }.value()
            return (try? XMLElement(parsing: response.body)) ?? XMLElement("nothing")
        }
        guard let id = root.text("UploadId"), !id.isEmpty else {
            throw destination.failure(.unsupported, .put, name, "the server began no upload of parts")
        }
        return (S3Upload(key: key, id: id), [:])
    }

    // MARK: The parts

    /// What is known of a part that the server has.
    struct Sum {
        let md5: Digest
        let etag: String
    }

    /// Hashes a part, and feeds it to the hash of the whole where there is one.
    func digests(of range: Range<Int64>, _ hash: S3PartHash? = nil) throws(DestinationError) -> SliceDigests {
        let slice = FileSlice(path: file.path, offset: range.lowerBound, count: range.upperBound - range.lowerBound)
        do throws(SliceDigests.Failure) {
            if let hash { return try hash.part(range) }
            return try SliceDigests(of: slice, destination.environment.cancellation)
        } catch {
            throw DestinationError(error, of: file.path, name, at: destination.label)
        }
    }

    private func send(
        _ plan: Plan, _ upload: S3Upload, _ present: [Int: S3Part]
    ) throws(DestinationError) -> [Sum] {
        let comparison = S3Comparison(destination: destination, name: name, file: file)
        let hash = S3PartHash(file, destination.environment.cancellation)
        var sums: [Sum] = []
        for number in 1...plan.count {
            let range = plan.range(of: number)
            // Each part is hashed, also one that is there already, for the sake of the whole.
            let sum = try digests(of: range, hash)
            if let part = present[number], part.etag.lowercased() == sum.md5.hex {
                sums.append(Sum(md5: sum.md5, etag: part.etag))
                continue
            }
            var isDoubted = false
            let sent = try destination.caller.run(.put, name) { _ throws(DestinationError) -> Sum in
                // What did not arrive as it was read is read again.
                if isDoubted, try digests(of: range) != sum { throw comparison.stale }
                do throws(DestinationError) {
                    return try send(number, range, sum, upload)
                } catch {
                    isDoubted = error.kind == .corrupt
                    throw error
                }
            }
            sums.append(sent)
        }
        guard hash.isAsAnnounced() else { throw comparison.stale }
        return sums
    }

    private func send(
        _ number: Int, _ range: Range<Int64>, _ digests: SliceDigests, _ upload: S3Upload
    ) throws(DestinationError) -> Sum {
        let response = try connection.send(.put, name) { _ in
            var request = S3Request(.put, key, query: [("partNumber", "\(number)"), ("uploadId", upload.id)])
            request.headers = settings.encryption.access
            request.headers["Content-MD5"] = digests.md5.base64
            let slice = FileSlice(path: file.path, offset: range.lowerBound, count: range.upperBound - range.lowerBound)
            request.file = (slice, digests.sha256.hex)
            request.mayBeUnsigned = true
            return request
        }.value()
        let etag = response.headers["ETag"].map(FileDownload.unquoted) ?? ""
        if settings.encryption.keepsETags, let md5 = S3Stored.md5(etag, response.headers), md5 != digests.md5.hex {
            throw destination.failure(
                .corrupt, .put, name, "the server has the MD5 \(md5) of part \(number) instead of \(digests.md5.hex)")
        }
        return Sum(md5: digests.md5, etag: etag)
    }

    // MARK: The end

    private func complete(
        _ upload: S3Upload, _ sums: [Sum], _ isExclusive: Bool
    ) throws(DestinationError) {
        let body = try document(sums)
        let made: Made? = try destination.caller.run(.put, name, within: file.patience) {
            attempt throws(DestinationError) in
            // An answer that was lost may have been a success.
            if attempt.earlierMayHaveArrived, try isThere(once: sums) { return nil }
            return try complete(once: upload, body, sums, isExclusive)
        }
        if let made { try verify(made, sums) }
    }

    /// Asks once to make one object of the parts; nil when it is there already.
    private func complete(
        once upload: S3Upload, _ body: [UInt8], _ sums: [Sum], _ isExclusive: Bool
    ) throws(DestinationError) -> Made? {
        let comparison = S3Comparison(destination: destination, name: name, file: file)
        for isAgain in [false, true] {
            let answer = try connection.send(.put, name, expectsDocument: true) { known in
                var request = S3Request(.post, key, query: [("uploadId", upload.id)])
                request.headers = settings.encryption.access
                request.headers["Content-Type"] = "application/xml"
                request.body = body
                if isExclusive, case (let header, let value) = known.creationHeader, known.has(.condition) {
                    request.headers[header] = value
                    request.uses.insert(.condition)
                }
                return request
            }
            switch answer {
            case .success(let response):
                let root = try? XMLElement(parsing: response.body)
                guard let root, root.name == "CompleteMultipartUploadResult" else {
                    throw destination.failure(
                        .transient, .put, name, "the server does not say that the parts are one object")
                }
                return Made(
                    etag: root.text("ETag").map(FileDownload.unquoted), version: response.headers["x-amz-version-id"])
            case .refused(let refusal):
                if refusal.code == "NoSuchUpload" || refusal.isTaken, try isThere(once: sums) { return nil }
                if refusal.isTaken { throw comparison.taken }
                // The server has just said that it knows no conditions; look first, then.
                guard !isAgain, isExclusive, connection.known?.has(.condition) == false,
                    refusal.status == 501 || refusal.code == "NotImplemented"
                else { throw refusal.error }
                if case .there = try destination.look(name, .put) {
                    guard try isThere(once: sums) else { throw comparison.taken }
                    return nil
                }
            }
        }
        throw destination.failure(
            .unsupported, .put, name, "the server completes uploads neither with nor without conditions")
    }

    private func document(_ sums: [Sum]) throws(DestinationError) -> [UInt8] {
        do throws(XMLError) {
            return try XMLWriter.document("CompleteMultipartUpload", namespace: S3Destination.namespace) {
                writer throws(XMLError) in
                for (index, sum) in sums.enumerated() {
                    try writer.element("Part") { writer throws(XMLError) in
                        try writer.element("PartNumber", "\(index + 1)")
                        try writer.element("ETag", "\"\(sum.etag)\"")
                    }
                }
            }
        } catch {
            throw destination.failure(.internalFault, .put, name, "\(error)")
        }
    }
}
