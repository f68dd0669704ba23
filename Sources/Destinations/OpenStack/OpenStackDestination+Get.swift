internal import Glibc
internal import Support
internal import Transport

extension OpenStackDestination {
    /// Fetches an object and compares its MD5 with what the server says, where the object is in one piece.
    public func get(_ name: String, to path: String) throws(DestinationError) -> Int64 {
        try check(name, .get)
        let file: DownloadFile
        do throws(SystemError) {
            file = try DownloadFile(path)
        } catch {
            throw failure(error.isOutOfSpace ? .localSpace : .localFile, .get, name, "\(error)")
        }
        do throws(DestinationError) {
            return try caller.run(.get, name) { attempt throws(DestinationError) in
                try fetch(name, into: file, attempt.number)
            }
        } catch {
            unlink(path)
            throw error
        }
    }

    private func fetch(_ name: String, into file: DownloadFile, _ attempt: Int) throws(DestinationError) -> Int64 {
        let continuation = file.continuation
        let isContinued = !continuation.fields.isEmpty
        let response = try session.send(
            StorageRequest(.get, target(name), headers: continuation), into: file, .get, name)
        switch response.status {
        case 200, 206: break
        case 404:
            if isContinued { throw changed(name) }
            throw try absent(name)
        case 412 where isContinued: throw changed(name)
        case 416 where isContinued && response.rangeTotal == file.count: break
        default: throw session.failure(response, .get, name, attempt: attempt)
        }
        guard let head = file.head else { throw failure(.corrupt, .get, name, "the answer has no beginning") }
        if let announced = head.contentLength, announced != file.count {
            let count = file.count
            try again(file, name)
            throw failure(.corrupt, .get, name, "\(count) bytes came, and not the \(announced) that were announced")
        }
        let digest = file.finish()
        if options.verifiesETag, let expected = head.contentMD5, expected != digest {
            try again(file, name)
            throw failure(.corrupt, .get, name, "what came has the MD5 \(digest), and not \(expected)")
        }
        if head.headers["X-Delete-At"] != nil { tellOfExpiry(head) }
        return file.count
    }

    /// Objects that end by themselves are none that a backup can rely on.
    private func tellOfExpiry(_ head: HTTPResponse) {
        let end = head.headers["X-Delete-At"].flatMap { Int64($0) }.map { Timestamp(seconds: $0).iso8601 }
        session.tell(
            "objects here end by themselves\(end.map { ", one of them at \($0)" } ?? ""); find out who sets X-Delete-At"
        )
    }

    /// Begins from nothing, as what has come is not the object.
    private func again(_ file: DownloadFile, _ name: String) throws(DestinationError) {
        do throws(SystemError) {
            try file.restart()
        } catch {
            throw failure(.localFile, .get, name, "\(error)")
        }
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
            guard response.status == 206, response.rangeStart == range.lowerBound, response.body.count == range.count
            else {
                throw failure(
                    .corrupt, .get, name,
                    "\(response.body.count) bytes came, and not the \(range.count) from \(range.lowerBound) on")
            }
            return response.body
        }
    }
}
