internal import Support
internal import Transport

extension S3Destination {
    /// Fetches an object; what a broken connection leaves is gone on with, if it is the same object still.
    public func get(_ name: String, to path: String) throws(DestinationError) -> Int64 {
        try checkName(name, .get)
        let download = FileDownload(to: path)
        do throws(DestinationError) {
            try caller.run(.get, name) { _ throws(DestinationError) in try fetch(name, download) }
        } catch {
            download.discard()
            throw error
        }
        return download.received
    }

    private func fetch(_ name: String, _ download: FileDownload) throws(DestinationError) {
        let key = settings.key(of: name)
        let answer: S3Answer
        do throws(DestinationError) {
            answer = try connection.send(.get, name, into: download) { _ in
                var request = S3Request(.get, key)
                request.headers = settings.encryption.access
                for field in download.resumption.fields { request.headers.append(field.name, field.value) }
                return request
            }
        } catch {
            guard let complaint = download.complaint else { throw error }
            download.forget()
            throw failure(.corrupt, .get, name, complaint)
        }
        switch answer {
        case .success(let response):
            let md5 = S3Stored.md5(download.etag ?? "", response.headers)
            guard let objection = download.objection(md5: md5) else { return }
            download.forget()
            throw failure(.corrupt, .get, name, objection)
        case .refused(let refusal):
            if refusal.status == 416 { download.forget() }
            throw refusal.error
        }
    }

    /// Fetches a part of an object.
    public func read(_ name: String, _ range: Range<Int64>) throws(DestinationError) -> [UInt8] {
        try checkName(name, .get)
        guard range.lowerBound >= 0 else {
            throw failure(.configuration, .get, name, "the range begins before the object")
        }
        if range.isEmpty { return [] }
        let key = settings.key(of: name)
        return try caller.run(.get, name) { _ throws(DestinationError) in
            let response = try connection.send(.get, name) { _ in
                var request = S3Request(.get, key)
                request.headers = settings.encryption.access
                request.headers["Range"] = "bytes=\(range.lowerBound)-\(range.upperBound - 1)"
                request.maximumResponseBytes = range.count + (1 << 16)
                return request
            }.value()
            let got = ContentRange(response.headers["Content-Range"])
            guard response.status == 206, got?.first == range.lowerBound, response.body.count == range.count else {
                throw failure(
                    .corrupt, .get, name,
                    "\(response.body.count) bytes came instead of \(range.count) from \(range.lowerBound) on")
            }
            return response.body
        }
    }
}
