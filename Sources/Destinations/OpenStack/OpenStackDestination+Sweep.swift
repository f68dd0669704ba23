internal import Support
internal import Transport

extension OpenStackDestination {
    /// Removes segments that belong to no object, of uploads that nobody has gone on with for that long.
    ///
    /// Looks below the own folder only, and only at names as this program makes them.
    public func sweep(olderThan age: Duration) throws(DestinationError) -> Int {
        var removed = 0
        var places = [SegmentPlace(container: options.container, prefix: Self.segmentFolder)]
        if options.segmentContainer != options.container {
            places.append(options.segmentsBeside)
        }
        for place in places { removed += try sweep(place, olderThan: age) }
        return removed
    }

    private struct Upload {
        var object: String
        var tag: String
        var names: [String] = []
        var latest: Timestamp?
    }

    private func sweep(_ place: SegmentPlace, olderThan age: Duration) throws(DestinationError) -> Int {
        let start = place.prefix + options.prefix
        let listed = try segments(below: start, in: place.container, .sweep)
        var uploads: [String: Upload] = [:]
        for (name, row) in listed {
            guard name.hasPrefix(start), let parts = SegmentName(name.dropFirst(start.count)) else { continue }
            var upload = uploads[parts.upload] ?? Upload(object: parts.object, tag: parts.tag)
            upload.names.append(name)
            upload.latest = [upload.latest, row.modified].compactMap(\.self).max()
            uploads[parts.upload] = upload
        }
        let limit = caller.environment.now().seconds - age.components.seconds
        var removed = 0
        for upload in uploads.values {
            // What has no time is not known to be old.
            guard let latest = upload.latest, latest.seconds <= limit, try !isUsed(upload, in: place) else { continue }
            for name in upload.names.sorted() {
                let segment = StorageRequest(.delete, .object(place.container, name))
                let response = try session.call(segment, .sweep, accepting: [404])
                if response.isSuccess { removed += 1 }
            }
        }
        return removed
    }

    /// Whether an object is made of these segments, or cannot be asked.
    private func isUsed(_ upload: Upload, in place: SegmentPlace) throws(DestinationError) -> Bool {
        let head = try session.call(
            StorageRequest(.head, target(upload.object), headers: ["X-Newest": "true"]), .sweep, upload.object,
            accepting: [404])
        guard head.isSuccess else { return false }
        if head.isStaticManifest {
            // Servers may give other tags; what the list names decides, and one that cannot be read names them all.
            guard head.entityTag != upload.tag, let used = try? segments(of: upload.object, .sweep) else { return true }
            let names = Set(upload.names)
            return used.contains { $0.container == place.container && names.contains($0.name) }
        }
        // An object of the same name that is no list of segments needs none; one of another program's kind may.
        return head.headers["X-Object-Manifest"] != nil
    }
}
