internal import Support
internal import Transport

extension OpenStackDestination {
    /// Fetches an object and compares its MD5 with what the server says, where the object is in one piece.
    public func get(_ name: String, to path: String) throws(DestinationError) -> Int64 {
        try check(name, .get)
        let file = FileDownload(to: path)
        do throws(DestinationError) {
            try caller.run(.get, name) { attempt throws(DestinationError) in
                try fetch(name, into: file, attempt.number)
            }
        } catch {
            file.discard()
            throw error
        }
        return file.received
    }

    private func fetch(_ name: String, into file: FileDownload, _ attempt: Int) throws(DestinationError) {
        let continuation = file.resumption
        let isContinued = !continuation.fields.isEmpty
        let response: HTTPResponse
        do throws(DestinationError) {
            response = try session.send(
                StorageRequest(.get, target(name), headers: continuation), into: file, .get, name)
        } catch {
            guard let complaint = file.complaint else { throw error }
            file.forget()
            throw failure(.corrupt, .get, name, complaint)
        }
        switch response.status {
        case 200, 206: break
        case 404:
            if isContinued { throw changed(name) }
            throw try absent(name)
        case 412 where isContinued: throw changed(name)
        case 416 where isContinued && file.isComplete: break
        default: throw session.failure(response, .get, name, attempt: attempt)
        }
        let expected = options.verifiesETag && response.isSuccess ? response.contentMD5 : nil
        if let objection = file.objection(md5: expected) {
            file.forget()
            throw failure(.corrupt, .get, name, objection)
        }
        if response.headers["X-Delete-At"] != nil { tellOfExpiry(response) }
    }

    /// Objects that end by themselves are none that a backup can rely on.
    private func tellOfExpiry(_ head: HTTPResponse) {
        let end = head.headers["X-Delete-At"].flatMap { Int64($0) }.map { Timestamp(seconds: $0).iso8601 }
        session.tell(
            "objects here end by themselves\(end.map { ", one of them at \($0)" } ?? ""); find out who sets X-Delete-At"
        )
    }

    private func changed(_ name: String) -> DestinationError {
        failure(.changed, .get, name, "the object was replaced or removed while it was read")
    }

    /// The error for an object that one copy does not have: the others are asked before it is called missing.
    private func absent(_ name: String) throws(DestinationError) -> DestinationError {
        let head = try head(name, .get)
        if head.isSuccess { return failure(.transient, .get, name, "not every copy of the object is up to date") }
        guard head.status == 404 else { return session.failure(head, .get, name) }
        return try missing(name, .get)
    }

    /// Fetches a part of an object.
    public func read(_ name: String, _ range: Range<Int64>) throws(DestinationError) -> [UInt8] {
        try check(name, .get)
        guard !range.isEmpty else { return [] }
        var request = StorageRequest(
            .get, target(name), headers: ["Range": "bytes=\(range.lowerBound)-\(range.upperBound - 1)"])
        request.maximumResponseBytes = range.count + 4096
        let wanted = request
        return try caller.run(.get, name) { attempt throws(DestinationError) in
            let response = try session.send(wanted, .get, name)
            if response.status == 404 { throw try absent(name) }
            guard response.isSuccess else { throw session.failure(response, .get, name, attempt: attempt.number) }
            guard response.status == 206, ContentRange(response.headers["Content-Range"])?.first == range.lowerBound,
                response.body.count == range.count
            else {
                throw failure(
                    .corrupt, .get, name,
                    "\(response.body.count) bytes came, and not the \(range.count) from \(range.lowerBound) on")
            }
            return response.body
        }
    }
}
