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

    private var connection: S3Connection { destination.connection }
    private var settings: S3Settings { destination.settings }
    private var key: String { settings.key(of: name) }

    /// How a file is cut.
    struct Plan: Hashable {
        let size: Int64
        let partSize: Int64

        var count: Int { Int((size + partSize - 1) / partSize) }

        /// The bytes of a part, counted from 1.
        func range(of number: Int) -> Range<Int64> {
            let start = Int64(number - 1) * partSize
            return start..<min(size, start + partSize)
        }

        /// The plan for a file, the same each time.
        init(size: Int64, given: Int64?, preset: S3Preset) {
            self.size = size
            let mebibyte: Int64 = 1 << 20
            let least = (size + preset.maximumParts - 1) / preset.maximumParts
            let rounded = (least + mebibyte - 1) / mebibyte * mebibyte
            partSize = max(given ?? 16 * mebibyte, rounded, preset.minimumPart)
        }
    }

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
        if try isThere(plan, nil) { return }
        let (upload, parts) = if let found = try resumed(plan) { found } else { try begun() }
        // Several threads of one process never share an upload.
        destination.busyUploads.withLock { _ = $0.insert(upload.id) }
        defer { destination.busyUploads.withLock { _ = $0.remove(upload.id) } }
        do throws(DestinationError) {
            let sums = try send(plan, upload, parts)
            try complete(plan, upload, sums, isExclusive)
        } catch {
            // What may pass is gone on with by the next try, which finds the parts.
            if error.kind != .transient, error.kind != .throttled, error.kind != .cancelled {
                _ = try? destination.abort(upload, .put, name)
            }
            throw error
        }
    }

    // MARK: The beginning

    /// Whether the object is there already, with this content.
    private func isThere(_ plan: Plan, _ sums: [Sum]?) throws(DestinationError) -> Bool {
        try destination.caller.run(.put, name) { _ throws(DestinationError) in
            guard case .there(let stored) = try destination.look(name, .put) else { return false }
            let comparison = S3Comparison(destination: destination, name: name, file: file)
            guard stored.size == file.size else { throw comparison.taken }
            if let sums, stored.etag == Self.etag(of: sums) { return true }
            let sha256 = if let known = file.knownSHA256 { known } else { try digests(of: 0..<file.size).sha256 }
            if let sum = stored.headers["x-amz-meta-sha256"] {
                guard sum == sha256.hex else { throw comparison.taken }
                return true
            }
            guard try comparison.hasContent(of: sha256) else { throw comparison.taken }
            return true
        }
    }

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
            upload.key == key && (upload.storageClass ?? wanted) == wanted
                && !destination.busyUploads.withLock { $0.contains(upload.id) }
        }
        for upload in candidates.sorted(by: { ($0.began?.seconds ?? 0) > ($1.began?.seconds ?? 0) }) {
            guard let parts = try destination.parts(of: upload, name) else { continue }
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

    private func digests(of range: Range<Int64>) throws(DestinationError) -> SliceDigests {
        let slice = FileSlice(path: file.path, offset: range.lowerBound, count: range.upperBound - range.lowerBound)
        do throws(SliceDigests.Failure) {
            return try SliceDigests(of: slice, destination.environment.cancellation)
        } catch {
            throw DestinationError(error, of: file.path, name, at: destination.label)
        }
    }

    private func send(
        _ plan: Plan, _ upload: S3Upload, _ present: [Int: S3Part]
    ) throws(DestinationError) -> [Sum] {
        var sums: [Sum] = []
        for number in 1...plan.count {
            let range = plan.range(of: number)
            let sum = try destination.caller.run(.put, name) { _ throws(DestinationError) -> Sum in
                let digests = try digests(of: range)
                if let part = present[number], part.etag.lowercased() == digests.md5.hex {
                    return Sum(md5: digests.md5, etag: part.etag)
                }
                return try send(number, range, digests, upload)
            }
            sums.append(sum)
        }
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
        _ plan: Plan, _ upload: S3Upload, _ sums: [Sum], _ isExclusive: Bool
    ) throws(DestinationError) {
        let body = try document(sums)
        let etag: String? = try destination.caller.run(.put, name) { attempt throws(DestinationError) in
            // An answer that was lost may have been a success.
            if attempt.earlierMayHaveArrived, try isThere(once: sums) { return nil }
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
                return root.text("ETag").map(FileDownload.unquoted)
            case .refused(let refusal):
                if refusal.code == "NoSuchUpload" || refusal.isTaken, try isThere(once: sums) { return nil }
                if refusal.isTaken { throw S3Comparison(destination: destination, name: name, file: file).taken }
                throw refusal.error
            }
        }
        try verify(etag, sums)
    }

    /// Whether the object is what these parts make.
    private func isThere(once sums: [Sum]) throws(DestinationError) -> Bool {
        guard case .there(let stored) = try destination.look(name, .put), stored.size == file.size else { return false }
        if stored.etag == Self.etag(of: sums) { return true }
        let sha256 = if let known = file.knownSHA256 { known } else { try digests(of: 0..<file.size).sha256 }
        return try S3Comparison(destination: destination, name: name, file: file).hasContent(of: sha256)
    }

    /// Compares the tag of the whole with that of its parts, where it is made of them.
    private func verify(_ etag: String?, _ sums: [Sum]) throws(DestinationError) {
        guard let etag, settings.encryption.keepsETags, connection.known?.hasMultipartETags == true,
            etag != Self.etag(of: sums)
        else { return }
        let stored = try destination.stored(name, .put)
        guard stored.size == file.size else {
            throw destination.failure(
                .corrupt, .put, name, "the object has \(stored.size ?? -1) bytes instead of \(file.size)")
        }
        if S3Encryption.hidesMD5(stored.headers) { return }
        if connection.known?.preset.trustsMultipartETags == true {
            throw destination.failure(.corrupt, .put, name, "the server has made another object of the parts")
        }
        // Each part was compared; this provider has a way of its own to name the whole.
        connection.learn { $0.hasMultipartETags = false }
    }

    /// The tag of an object of parts: the MD5 of their MD5s, and their number.
    static func etag(of sums: [Sum]) -> String {
        let all = sums.flatMap(\.md5.bytes)
        return "\(HashContext(.md5).hash(all).hex)-\(sums.count)"
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
