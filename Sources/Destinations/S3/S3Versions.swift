internal import Support
internal import Transport
internal import XML

/// A version of an object, or a mark that there is none any more.
struct S3Version: Hashable {
    let key: String
    let id: String
    let isLatest: Bool
    /// Whether it only says that the object was deleted.
    let isMarker: Bool
    let size: Int64
    let modified: Timestamp?
}

/// The versions of a bucket.
struct S3Versions {
    let destination: S3Destination

    /// All versions of keys with a prefix; of each key the newest first.
    func all(
        prefix: String, _ operation: DestinationError.Operation, _ object: String?
    ) throws(DestinationError) -> [S3Version] {
        var versions: [S3Version] = []
        var marker: (key: String, id: String)?
        // The markers of the same key.
        var ids: Set<String> = []
        while true {
            let place = marker
            // Inside of a call that is repeated already, each page is asked for once.
            let root = try destination.document("ListVersions", operation, object) {
                var request = S3Request(.get, query: [("versions", ""), ("prefix", prefix), ("max-keys", "1000")])
                if let place { request.query += [("key-marker", place.key), ("version-id-marker", place.id)] }
                return request
            }
            for element in root.children where element.name == "Version" || element.name == "DeleteMarker" {
                guard let key = element.text("Key"), let id = element.text("VersionId"),
                    key.utf8.starts(with: prefix.utf8)
                else { continue }
                versions.append(
                    S3Version(
                        key: key, id: id, isLatest: element.text("IsLatest") == "true",
                        isMarker: element.name == "DeleteMarker", size: element.text("Size").flatMap { Int64($0) } ?? 0,
                        modified: element.text("LastModified").flatMap { S3Time.parse($0) }))
            }
            let following = root.text("NextKeyMarker").flatMap { $0.isEmpty ? nil : $0 }
            let isTruncated = root.text("IsTruncated").map { $0.lowercased() == "true" } ?? (following != nil)
            guard isTruncated else { return versions }
            guard let key = following else {
                throw destination.failure(
                    .unsupported, operation, object,
                    "the listing of versions is cut short, and the server does not say how to go on")
            }
            let id = root.text("NextVersionIdMarker") ?? ""
            if let place, place.key.utf8.elementsEqual(key.utf8) {
                guard !ids.contains(id) else { throw standstill(operation, object) }
            } else {
                if let place, !place.key.utf8.lexicographicallyPrecedes(key.utf8) {
                    throw standstill(operation, object)
                }
                ids = []
            }
            ids.insert(id)
            marker = (key: key, id: id)
        }
    }

    private func standstill(_ operation: DestinationError.Operation, _ object: String?) -> DestinationError {
        destination.failure(.unsupported, operation, object, "the listing of versions does not advance")
    }
}

extension [S3Version] {
    /// Sorted by time: some servers list all marks behind all versions.
    var newestFirst: [S3Version] {
        // A stable sort keeps the order of those of one second.
        sorted { one, other in
            if one.isLatest != other.isLatest { return one.isLatest }
            return (one.modified?.seconds ?? 0) > (other.modified?.seconds ?? 0)
        }
    }
}

extension S3Destination: Versioning {
    /// The versions below the prefix, each key's together.
    private func versions() throws(DestinationError) -> [[S3Version]] {
        let all = try caller.run(.versions) { _ throws(DestinationError) in
            try S3Versions(destination: self).all(prefix: settings.prefix, .versions, nil)
        }
        let ours = all.filter { version in
            let rest = version.key.utf8.dropFirst(settings.prefix.utf8.count)
            return !rest.isEmpty && !rest.contains(UInt8(ascii: "/"))
        }
        // By bytes: two strings that look the same are two keys.
        return Array(Dictionary(grouping: ours) { Array($0.key.utf8) }.values)
    }

    /// Counts the versions that no listing shows.
    public func hiddenVersions() throws(DestinationError) -> HiddenVersions {
        var hidden = HiddenVersions()
        for version in try versions().joined() where !version.isLatest && !version.isMarker {
            hidden.count += 1
            hidden.bytes += version.size
        }
        return hidden
    }

    /// Removes the versions that no listing has shown for so long; then the marks behind which nothing is left.
    public func removeHiddenVersions(olderThan age: Duration) throws(DestinationError) -> HiddenVersions {
        let limit = serverNow.seconds - Int64(age / .seconds(1))
        var removed = HiddenVersions()
        for versions in try versions() {
            var markers: [S3Version] = []
            var rest = 0
            // A version is hidden since its successor was written, which stands before it.
            var successor: S3Version?
            for version in versions.newestFirst {
                defer { successor = version }
                let isOld = successor?.modified.map { $0.seconds <= limit } ?? false
                if version.isMarker {
                    if version.isLatest ? (version.modified?.seconds ?? .max) <= limit : isOld {
                        markers.append(version)
                    }
                } else if !version.isLatest, isOld, try remove(version) {
                    removed.count += 1
                    removed.bytes += version.size
                } else {
                    rest += 1
                }
            }
            // The latest marker is what keeps older versions hidden, so that it goes last.
            for marker in markers where !marker.isLatest || rest == 0 { _ = try remove(marker) }
        }
        return removed
    }

    /// Removes a version; false when it is locked.
    private func remove(_ version: S3Version) throws(DestinationError) -> Bool {
        let name = name(of: version.key) ?? version.key
        do throws(DestinationError) {
            try caller.run(.versions, name) { _ throws(DestinationError) in
                try remove(key: version.key, version: version.id, of: name)
            }
            return true
        } catch {
            if error.kind == .locked { return false }
            throw error
        }
    }
}
