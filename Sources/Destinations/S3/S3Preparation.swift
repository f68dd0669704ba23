internal import AWS
internal import Cryptography
internal import Support
internal import Synchronization
internal import Transport
internal import XML

extension S3Destination {
    /// Checks that the bucket is there, and removes uploads of parts that nobody has gone on with for a day.
    public func prepare(create: Bool) throws(DestinationError) {
        try caller.run(.prepare) { _ throws(DestinationError) in
            let answer = try connection.send(.prepare) { _ in S3Request(.head) }
            guard case .refused(let refusal) = answer else { return }
            switch refusal.status {
            // Keys may be good for objects only; what is wrong shows with the first of them.
            case 403: return
            case 404 where create: try createBucket()
            default: throw refusal.error
            }
        }
        // Leftovers cost space only, and reading needs no right to remove them: no reason to fail.
        _ = try? sweep(olderThan: .seconds(86_400))
    }

    private func createBucket() throws(DestinationError) {
        let known = try connection.knowledge(.prepare)
        let body = try? location(known)
        let answer = try connection.send(.prepare) { _ in
            var request = S3Request(.put)
            if settings.lockPeriod != nil { request.headers["x-amz-bucket-object-lock-enabled"] = "true" }
            if let body {
                request.body = body
                request.headers["Content-MD5"] = HashContext(.md5).hash(body).base64
                request.headers["Content-Type"] = "application/xml"
            }
            return request
        }
        guard case .refused(let refusal) = answer, refusal.code != "BucketAlreadyOwnedByYou" else { return }
        var error = refusal.error
        if refusal.code == "BucketAlreadyExists" {
            error.advice =
                "Choose another name for the bucket: names are shared by all customers, and somebody has this one."
        }
        throw error
    }

    /// The region of a new bucket; nil where none may be named, and where it would mean nothing.
    private func location(_ known: S3Knowledge) throws(XMLError) -> [UInt8]? {
        // Elsewhere, the region is a matter of the server's name, and what is not asked for may be refused.
        let region = known.endpoint.isAWS ? known.endpoint.region : settings.region
        guard let region, region != "us-east-1", region != "auto" else { return nil }
        return try XMLWriter.document("CreateBucketConfiguration", namespace: Self.namespace) {
            writer throws(XMLError) in
            try writer.element("LocationConstraint", region)
        }
    }

    /// Removes uploads of parts below the prefix that nobody has gone on with for so long.
    public func sweep(olderThan age: Duration) throws(DestinationError) -> Int {
        let limit = serverNow.seconds - Int64(age / .seconds(1))
        var count = 0
        for upload in try unfinishedUploads(prefix: settings.prefix, .sweep, nil) {
            guard isOurs(upload), let began = upload.began, began.seconds < limit,
                !busyUploads.withLock({ $0.contains(upload.id) }), let newest = try newestPart(of: upload, began),
                newest.seconds < limit
            else { continue }
            try caller.run(.sweep) { _ throws(DestinationError) in try abort(upload, .sweep, nil) }
            count += 1
        }
        return count
    }

    /// Whether an upload can be of a backup: where a whole bucket is the destination, others may use it as well.
    private func isOurs(_ upload: S3Upload) -> Bool {
        guard let name = name(of: upload.key) else { return false }
        if !settings.prefix.isEmpty { return true }
        return name.hasPrefix("dunnage-") || [".dblock.", ".dindex.", ".dlist."].contains { name.contains($0) }
    }

    /// When somebody last went on with an upload; nil when it is gone, or when that cannot be known.
    private func newestPart(of upload: S3Upload, _ began: Timestamp) throws(DestinationError) -> Timestamp? {
        do throws(DestinationError) {
            guard let parts = try self.parts(of: upload, .sweep, nil) else { return nil }
            return parts.values.compactMap(\.modified).max() ?? began
        } catch {
            if error.kind == .permission || error.kind == .unsupported { return nil }
            throw error
        }
    }
}
