internal import JSON
internal import Support
internal import Transport

extension OpenStackDestination {
    /// Stores a file in one step, or in segments when it is larger than the server or the options allow.
    public func put(_ name: String, from file: LocalFile) throws(DestinationError) {
        try check(name, .put)
        if try needsSegments(file.size) {
            try putInSegments(name, file)
        } else {
            try putWhole(name, file)
        }
    }

    private func needsSegments(_ size: Int64) throws(DestinationError) -> Bool {
        if let limit = options.segmentSize { return size > limit }
        // Every server takes a gigabyte; only beyond that it matters what this one says.
        guard size > 1 << 30 else { return false }
        return size > min(5 << 30, try session.info(.put).maximumObject)
    }

    private func putWhole(_ name: String, _ file: LocalFile) throws(DestinationError) {
        var digest = try digest(of: file, .put, name)
        let slice = FileSlice(path: file.path, count: file.size)
        // Gateways that are not Swift may not know the condition, and would replace what is there.
        let mayReplace = try !session.info(.put).isSwift
        try caller.run(.put, name, within: file.patience) { attempt throws(DestinationError) in
            if attempt.number > 1 {
                // The file may be what changed, and not what was sent of it.
                digest = try self.digest(of: file, .put, name)
            }
            // After an answer that was lost it is there already, and need not be sent again to find out.
            if mayReplace || attempt.earlierMayHaveArrived, let isSame = try isStored(name, file, digest) {
                if isSame { return }
                throw failure(.exists, .put, name, "the name is taken by other content")
            }
            var request = StorageRequest(.put, target(name), headers: ["If-None-Match": "*"])
            request.headers["Content-Type"] = "application/octet-stream"
            if options.verifiesETag { request.headers["ETag"] = digest.whole }
            if file.size > 0 { request.file = slice }
            let response = try session.send(request, .put, name)
            switch response.status {
            case 201, 200, 202:
                try compare(response, digest, name)
            case 412:
                guard let isSame = try isStored(name, file, digest) else {
                    throw failure(.transient, .put, name, "the name was taken, and is free now")
                }
                if !isSame {
                    throw failure(.exists, .put, name, "the name is taken by other content")
                }
            case 404:
                try makeContainerAgain(.put, name)
                throw failure(.transient, .put, name, "the server did not find the container, although it is there")
            default:
                throw session.failure(response, .put, name, attempt: attempt.number)
            }
            remember { $0.containerIsThere = true }
        }
    }

    /// What the server says it has stored has to be what was sent.
    private func compare(_ response: HTTPResponse, _ digest: ContentDigest, _ name: String) throws(DestinationError) {
        guard options.verifiesETag, let stored = response.contentMD5, let sent = digest.whole, stored != sent else {
            return
        }
        // It was not there before this request, and must not stay.
        _ = try session.send(StorageRequest(.delete, target(name)), .put, name)
        throw failure(
            .corrupt, .put, name, "the server stored content with the MD5 \(stored), and not \(sent); it was removed")
    }

    /// Whether an object has the content of a file: nil when there is no such object.
    func isStored(_ name: String, _ file: LocalFile, _ digest: ContentDigest) throws(DestinationError) -> Bool? {
        let head = try head(name, .put)
        if head.status == 404 { return nil }
        guard head.isSuccess else { throw session.failure(head, .put, name) }
        // Every object of Swift's has a tag: what has none is something else's answer.
        guard head.entityTag != nil else {
            throw failure(.transient, .put, name, "the answer to whether the name is taken is not readable")
        }
        guard head.contentLength == file.size else { return false }
        if head.isStaticManifest {
            return try hasContent(file, digest, of: try segments(of: name, .put), name)
        }
        guard let stored = head.contentMD5 else {
            throw failure(
                .exists, .put, name,
                "the name is taken by an object of the same size, whose content the server does not tell")
        }
        let whole = if let whole = digest.whole { whole } else { try self.digest(of: file, .put, name).whole }
        return stored == whole
    }

    /// Whether segments with their sizes and digests are the content of a file.
    private func hasContent(
        _ file: LocalFile, _ known: ContentDigest, of segments: [Segment], _ name: String
    ) throws(DestinationError) -> Bool {
        guard let first = segments.first, segments.reduce(0, { $0 + $1.size }) == file.size,
            segments.dropLast().allSatisfy({ $0.size == first.size })
        else { return false }
        let digest =
            known.pieceSize == first.size ? known : try digest(of: file, pieceSize: first.size, .put, name)
        return digest.pieces == segments.map(\.digest)
    }

    /// A container that vanished is made again, if this run may make it.
    func makeContainerAgain(
        _ operation: DestinationError.Operation, _ name: String
    ) throws(DestinationError) {
        let head = try session.send(StorageRequest(.head, .container(options.container)), operation, name)
        if head.isSuccess { return }
        guard head.status == 404 else { throw session.failure(head, operation, name) }
        guard remember({ $0.mayCreate }) else { throw missingContainer(operation, name) }
        var request = StorageRequest(.put, .container(options.container))
        request.headers["X-Storage-Policy"] = options.storagePolicy
        let made = try session.send(request, operation, name)
        guard made.isSuccess else { throw session.failure(made, .prepare, name) }
        session.tell("the container had vanished and was created again")
    }
}
