internal import JSON
internal import Support
internal import Transport

extension OpenStackDestination {
    /// Stores a file in segments, and then the list of them, which makes them an object.
    ///
    /// Segments that an interrupted attempt has left are used.
    func putInSegments(_ name: String, _ file: LocalFile) throws(DestinationError) {
        let info = try session.info(.put)
        guard info.maximumSegments != nil else {
            throw failure(
                .unsupported, .put, name,
                "the object has \(ByteCount(file.size)), and the server has no lists of segments for large objects",
                advice: "Use smaller volumes.")
        }
        let cut = SegmentPlan.cut(size: file.size, wanted: options.segmentSize, info)
        let digest = try digest(of: file, pieceSize: cut, .put, name)
        // What is there already is not sent once more to find out.
        if try compareWithStored(name, file, digest) { return }
        let place = try segmentPlace(name)
        let plan = SegmentPlan(
            place: place, object: options.prefix + name, size: file.size, cut: cut, digests: digest.pieces)
        let there = try segments(below: plan.prefix, in: place.container, .put)
        let segments = plan.segments
        // What is about to be swept elsewhere as old is made new before it is relied on.
        let newest = there.values.compactMap(\.modified).max()
        let isOld = newest.map { caller.environment.now().seconds - $0.seconds > 21_600 } ?? true
        for (index, segment) in segments.enumerated() {
            let isRenewed = isOld && index == segments.count - 1
            if !isRenewed, let found = there[segment.name], found.size == segment.size, found.hash == segment.digest {
                continue
            }
            try put(segment, FileSlice(path: file.path, offset: Int64(index) * cut, count: segment.size), name)
        }
        try putManifest(name, file, digest, segments, tag: plan.tag)
        remember { _ = $0.manifests.insert(name) }
    }

    /// Whether the object is there already; an error when the name is taken by something else.
    private func compareWithStored(
        _ name: String, _ file: LocalFile, _ digest: ContentDigest
    ) throws(DestinationError) -> Bool {
        let isSame = try caller.run(.put, name) { _ throws(DestinationError) in try isStored(name, file, digest) }
        guard let isSame else { return false }
        guard isSame else { throw failure(.exists, .put, name, "the name is taken by other content") }
        return true
    }

    private func put(_ segment: Segment, _ slice: FileSlice, _ name: String) throws(DestinationError) {
        try caller.run(.put, name) { attempt throws(DestinationError) in
            var request = StorageRequest(.put, .object(segment.container, segment.name))
            request.headers["Content-Type"] = "application/octet-stream"
            if options.verifiesETag { request.headers["ETag"] = segment.digest }
            request.file = slice
            let response = try session.send(request, .put, name)
            if response.status == 404, remember({ $0.segmentPlace }) != nil {
                // Somebody has removed the container of the segments.
                remember { $0.segmentPlace = nil }
                throw failure(.transient, .put, name, "the container for segments '\(segment.container)' is gone")
            }
            guard response.isSuccess else {
                throw session.failure(response, .put, name, attempt: attempt.number)
            }
            if options.verifiesETag, let stored = response.contentMD5, stored != segment.digest {
                throw failure(.corrupt, .put, name, "the server stored a segment with another MD5")
            }
        }
    }

    private func putManifest(
        _ name: String, _ file: LocalFile, _ digest: ContentDigest, _ segments: [Segment], tag: String
    ) throws(DestinationError) {
        try caller.run(.put, name, within: file.patience) { attempt throws(DestinationError) in
            if attempt.number > 1, let isSame = try isStored(name, file, digest) {
                if isSame { return }
                throw failure(.exists, .put, name, "the name is taken by other content")
            }
            var request = StorageRequest(.put, target(name), headers: ["If-None-Match": "*"])
            request.query = [("multipart-manifest", "put")]
            request.headers["Content-Type"] = "application/octet-stream"
            request.headers["Accept"] = "application/json"
            request.body = SegmentPlan.manifest(segments)
            let response = try session.send(request, .put, name)
            switch response.status {
            case 201, 200, 202: break
            case 400:
                // Segments that were listed a moment ago are gone, or are not what they were.
                throw failure(
                    .transient, .put, name,
                    "the server does not find the segments as they were sent (\(SwiftAnswer(response: response, operation: .put).message))"
                )
            case 404:
                try makeContainerAgain(.put, name)
                throw failure(.transient, .put, name, "the server did not find the container, although it is there")
            case 412:
                throw failure(.transient, .put, name, "the name was taken meanwhile")
            default: throw session.failure(response, .put, name, attempt: attempt.number)
            }
            if options.verifiesETag, let stored = response.entityTag, Hex.decode(stored) != nil, stored != tag {
                throw failure(
                    .corrupt, .put, name,
                    "the server made an object with the tag \(stored) of the segments, and not \(tag)")
            }
            remember { $0.containerIsThere = true }
        }
    }

    // MARK: The place of segments

    /// The container of segments, made if it has to be; the folder `.segments/` where a second container is refused.
    private func segmentPlace(_ name: String) throws(DestinationError) -> SegmentPlace {
        if let known = remember({ $0.segmentPlace }) { return known }
        let beside = options.segmentsBeside
        let within = SegmentPlace(container: options.container, prefix: Self.segmentFolder)
        let place: SegmentPlace
        if beside.container == options.container {
            place = within
        } else {
            let head = try session.call(
                StorageRequest(.head, .container(beside.container)), .put, name, accepting: [403, 404])
            if head.isSuccess {
                place = beside
            } else {
                var request = StorageRequest(.put, .container(beside.container))
                // Segments are what the object is made of: they belong where it does.
                request.headers["X-Storage-Policy"] = try containerPolicy(name)
                let made = request
                let response = try session.call(made, .put, name, accepting: [403, 409])
                place = response.isSuccess ? beside : within
            }
        }
        remember { $0.segmentPlace = place }
        return place
    }

    static let segmentFolder = ".segments/"

    private func containerPolicy(_ name: String) throws(DestinationError) -> String? {
        if let given = options.storagePolicy { return given }
        let head = try session.call(
            StorageRequest(.head, .container(options.container)), .put, name, accepting: [403, 404])
        return head.headers["X-Storage-Policy"]
    }

    /// The objects below a beginning by their names; none when the container is not there.
    func segments(
        below prefix: String, in container: String, _ operation: DestinationError.Operation
    ) throws(DestinationError) -> [String: ListedObject] {
        var found: [String: ListedObject] = [:]
        do throws(DestinationError) {
            try eachPage(of: container, prefix: prefix, operation) { found[$0.name] = $0 }
        } catch {
            // Who may not look into it has left nothing there.
            guard [.missingObject, .missingContainer, .permission].contains(error.kind), container != options.container
            else { throw error }
        }
        return found
    }

    /// The segments of a large object, as the list of them says.
    func segments(
        of name: String, _ operation: DestinationError.Operation
    ) throws(DestinationError) -> [Segment] {
        var request = StorageRequest(.get, target(name))
        request.query = [("multipart-manifest", "get")]
        request.maximumResponseBytes = 16 << 20
        let response = try session.send(request, operation, name)
        guard response.isSuccess else { throw session.failure(response, operation, name) }
        guard let rows = (try? JSONValue(parsing: response.body))?.array else {
            throw failure(.transient, operation, name, "the list of its segments is not readable")
        }
        return rows.compactMap { row in
            guard let path = row["name"]?.string, let size = row["bytes"]?.integer, let hash = row["hash"]?.string,
                let slash = path.dropFirst().firstIndex(of: "/")
            else { return nil }
            let start = path.index(after: path.startIndex)
            return Segment(
                container: String(path[start..<slash]), name: String(path[path.index(after: slash)...]), size: size,
                digest: hash.lowercased())
        }
    }
}
