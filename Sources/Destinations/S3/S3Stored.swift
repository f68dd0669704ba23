internal import Cryptography
internal import Support
internal import Transport

/// What the server tells of an object that it has.
struct S3Stored {
    let headers: HTTPHeaders

    var size: Int64? { headers["Content-Length"].flatMap { Int64($0) } }
    var modified: Timestamp? { headers["Last-Modified"].flatMap { Timestamp(httpDate: $0) } }
    var etag: String { headers["ETag"].map(FileDownload.unquoted) ?? "" }
    var storageClass: String? { headers["x-amz-storage-class"] }

    /// Whether the entity tag is that of an object of parts.
    var isOfParts: Bool { etag.utf8.contains(UInt8(ascii: "-")) }

    /// The MD5 of the content in hexadecimal digits, when the entity tag is one.
    var md5: String? { Self.md5(etag, headers) }

    /// Where the object stands between archive and reader.
    func thawState(isArchive: (String?) -> Bool) -> ThawState {
        let isAway = isArchive(storageClass) || headers["x-amz-archive-status"] != nil
        guard let restore = headers["x-amz-restore"] else { return isAway ? .archived : .readable }
        if restore.contains(#"ongoing-request="true""#) { return .ordered }
        guard let mark = restore.firstRange(of: #"expiry-date=""#) else {
            // An object of intelligent tiering that has come back stays.
            return .thawed(until: nil)
        }
        return .thawed(until: Timestamp(httpDate: String(restore[mark.upperBound...].prefix { $0 != "\"" })))
    }

    /// The lock, with an end that has not come yet.
    func lock(at now: Timestamp) -> ObjectLock? {
        guard let mode = headers["x-amz-object-lock-mode"].flatMap({ LockMode(rawValue: $0.lowercased()) }),
            let end = headers["x-amz-object-lock-retain-until-date"].flatMap({ S3Time.parse($0) }), end > now
        else { return nil }
        return ObjectLock(mode: mode, end: end)
    }

    /// An entity tag, when it is the MD5 of the content: not with keys of others, and not of several parts.
    static func md5(_ etag: String, _ headers: HTTPHeaders) -> String? {
        guard etag.utf8.count == 32, Hex.decode(etag) != nil, !S3Encryption.hidesMD5(headers) else { return nil }
        return etag.lowercased()
    }
}

/// What looking for an object came to.
enum S3Presence {
    case there(S3Stored)
    case missing
    /// The server does not let us look.
    case unknown(DestinationError)
}

extension S3Destination {
    /// Looks for an object, once.
    func look(
        _ name: String, _ operation: DestinationError.Operation
    ) throws(DestinationError) -> S3Presence {
        let key = settings.key(of: name)
        let access = settings.encryption.access
        let answer = try connection.send(operation, name) { known in
            var request = S3Request(.head, key)
            request.headers = access
            if known.has(.checksum) { request.headers["x-amz-checksum-mode"] = "ENABLED" }
            return request
        }
        switch answer {
        case .success(let response): return .there(S3Stored(headers: response.headers))
        case .refused(let refusal):
            switch refusal.status {
            case 404: return .missing
            case 403: return .unknown(refusal.error)
            default: throw refusal.error
            }
        }
    }

    /// What is known of an object, asked for by its name.
    public func stat(_ name: String) throws(DestinationError) -> RemoteObject {
        try checkName(name, .stat)
        let stored = try stored(name, .stat)
        return RemoteObject(
            name: name, size: stored.size, modified: stored.modified,
            isArchived: !stored.thawState(isArchive: isArchive).isReadable,
            lockedUntil: stored.lock(at: serverNow)?.end)
    }

    /// What the server tells of an object, which has to be there.
    func stored(_ name: String, _ operation: DestinationError.Operation) throws(DestinationError) -> S3Stored {
        try caller.run(operation, name) { _ throws(DestinationError) in
            switch try look(name, operation) {
            case .there(let stored): return stored
            case .unknown(let error): throw error
            case .missing:
                // An answer without a body does not tell an object from its bucket.
                let bucket = try connection.send(operation, name) { _ in S3Request(.head) }
                if case .refused(let refusal) = bucket, refusal.status == 404 { throw refusal.error }
                throw failure(.missingObject, operation, name, "it is not there")
            }
        }
    }
}
