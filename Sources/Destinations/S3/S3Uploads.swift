internal import Support
internal import Transport
internal import XML

/// An upload of parts that has not been completed.
struct S3Upload: Hashable {
    let key: String
    let id: String
    /// When it began.
    var began: Timestamp?
    var storageClass: String?
}

/// A part that the server has.
struct S3Part: Hashable {
    let number: Int
    let size: Int64
    let etag: String
    /// When it came.
    var modified: Timestamp?
}

extension S3Destination {
    /// The uploads of parts below a prefix that were never completed.
    func unfinishedUploads(
        prefix: String, _ operation: DestinationError.Operation, _ object: String?
    ) throws(DestinationError) -> [S3Upload] {
        var uploads: [S3Upload] = []
        var marker: (key: String, id: String)?
        while true {
            let place = marker
            let root: XMLElement
            do throws(DestinationError) {
                root = try caller.run(operation, object) { _ throws(DestinationError) in
                    try document("ListMultipartUploads", operation, object) {
                        var request = S3Request(
                            .get, query: [("uploads", ""), ("prefix", prefix), ("max-uploads", "1000")])
                        if let place {
                            request.query += [("key-marker", place.key), ("upload-id-marker", place.id)]
                        }
                        return request
                    }
                }
            } catch {
                // So some say that there are none.
                if error.detail.hasPrefix("NoSuchUpload") { return uploads }
                throw error
            }
            for element in root.all("Upload") {
                guard let key = element.text("Key"), let id = element.text("UploadId"),
                    key.utf8.starts(with: prefix.utf8)
                else { continue }
                uploads.append(
                    S3Upload(
                        key: key, id: id, began: element.text("Initiated").flatMap { S3Time.parse($0) },
                        storageClass: element.text("StorageClass")))
            }
            guard root.text("IsTruncated") == "true", let key = root.text("NextKeyMarker") else { return uploads }
            let next = (key: key, id: root.text("NextUploadIdMarker") ?? "")
            if let place, place == next { return uploads }
            marker = next
        }
    }

    /// The parts of an upload that the server has; nil when there is no such upload.
    func parts(
        of upload: S3Upload, _ operation: DestinationError.Operation, _ object: String?
    ) throws(DestinationError) -> [Int: S3Part]? {
        var parts: [Int: S3Part] = [:]
        var marker: String?
        while true {
            let place = marker
            let root: XMLElement
            do throws(DestinationError) {
                root = try caller.run(operation, object) { _ throws(DestinationError) in
                    try document("ListParts", operation, object) {
                        var request = S3Request(
                            .get, upload.key, query: [("uploadId", upload.id), ("max-parts", "1000")])
                        request.headers = settings.encryption.access
                        if let place { request.query.append(("part-number-marker", place)) }
                        return request
                    }
                }
            } catch {
                if error.kind == .missingObject { return nil }
                throw error
            }
            for element in root.all("Part") {
                guard let number = element.text("PartNumber").flatMap({ Int($0) }),
                    let size = element.text("Size").flatMap({ Int64($0) }), let etag = element.text("ETag")
                else { continue }
                parts[number] = S3Part(
                    number: number, size: size, etag: FileDownload.unquoted(etag),
                    modified: element.text("LastModified").flatMap { S3Time.parse($0) })
            }
            guard root.text("IsTruncated") == "true", let next = root.text("NextPartNumberMarker"), next != place
            else { return parts }
            marker = next
        }
    }

    /// Gives an upload up; one that is gone is fine.
    func abort(
        _ upload: S3Upload, _ operation: DestinationError.Operation, _ object: String?
    ) throws(DestinationError) {
        let answer = try connection.send(operation, object) { _ in
            S3Request(.delete, upload.key, query: [("uploadId", upload.id)])
        }
        guard case .refused(let refusal) = answer, refusal.status != 404 else { return }
        throw refusal.error
    }

    /// Asks for a document whose outermost element begins with a certain word: `Result` and `Response` are behind it.
    func document(
        _ root: String, _ operation: DestinationError.Operation, _ object: String?, _ build: () -> S3Request
    ) throws(DestinationError) -> XMLElement {
        let response = try connection.send(operation, object, expectsDocument: true) { _ in
            var request = build()
            request.maximumResponseBytes = 8 << 20
            return request
        }.value()
        let element: XMLElement
        do throws(XMLError) {
            element = try XMLElement(parsing: response.body, limit: 8 << 20)
        } catch {
            throw failure(.transient, operation, object, "the server's answer cannot be read: \(error)")
        }
        guard element.name.hasPrefix(root) else {
            throw failure(
                .unsupported, operation, object,
                "the server answered '\(S3Refusal.printable(element.name))' where \(root) was asked for")
        }
        return element
    }
}
