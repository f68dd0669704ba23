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

    /// Removes uploads of parts below the prefix that began so long ago.
    public func sweep(olderThan age: Duration) throws(DestinationError) -> Int {
        let limit = serverNow.seconds - Int64(age / .seconds(1))
        var count = 0
        for upload in try unfinishedUploads(prefix: settings.prefix, .sweep, nil) {
            guard name(of: upload.key) != nil, let began = upload.began, began.seconds < limit,
                !busyUploads.withLock({ $0.contains(upload.id) })
            else { continue }
            try caller.run(.sweep) { _ throws(DestinationError) in try abort(upload, .sweep, nil) }
            count += 1
        }
        return count
    }
}
