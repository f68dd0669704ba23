internal import Cryptography
internal import Glibc
internal import Support
internal import Synchronization

/// A bucket in memory behind S3's protocol, path style; it knows its access key and the time, and checks digests.
public final class S3Double: WireServer {
    /// The only key that is let in; its secret is not checked.
    public static let accessKey = "AKIDWIREDOUBLE"
    /// The secret that destinations sign with.
    public static let secretKey = "wire-double-secret-key"

    private struct State {
        var skewed = 0
    }

    private let bucket: String
    /// What it keeps.
    public let memory = WireMemory(pageSize: 1000)
    private let state = Mutex(State())

    /// An empty bucket.
    public init(bucket: String) {
        self.bucket = bucket
    }

    /// How often somebody logged in.
    public var logins: Int { 0 }
    /// Makes every login of the past invalid.
    public func expireLogins() {}

    /// How many requests came with a wrong clock.
    public var skewed: Int { state.withLock { $0.skewed } }

    /// Answers a request as a good server would.
    public func answer(_ request: LoopbackHTTPServer.Request) -> LoopbackHTTPServer.Reply {
        let target = WireTarget(request.target)
        let segments = target.segments(1)
        if let refusal = refusal(of: request) { return refusal }
        guard segments.first == bucket else { return error(404, "NoSuchBucket") }
        let key = segments.count > 1 ? segments[1] : ""
        guard key.isEmpty else { return object(request, key, target) }
        switch request.method {
        case "HEAD", "PUT": return .response(status: 200, headers: ids)
        case "POST" where target.query["delete"] != nil: return batch(request)
        case "GET" where target.query["list-type"] == "2": return listing(target)
        case "GET" where target.query["uploads"] != nil:
            return xml("<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>")
        case "GET" where target.query["versioning"] != nil: return xml("<VersioningConfiguration/>")
        case "GET" where target.query["location"] != nil: return xml("<LocationConstraint/>")
        default: return error(501, "NotImplemented")
        }
    }

    private var ids: [(String, String)] { [("x-amz-request-id", "WIRE0001")] }

    private func refusal(of request: LoopbackHTTPServer.Request) -> LoopbackHTTPServer.Reply? {
        guard let authorization = request["authorization"], authorization.contains("Signature=") else {
            return error(403, "AccessDenied")
        }
        guard authorization.contains("Credential=\(Self.accessKey)/") else { return error(403, "InvalidAccessKeyId") }
        guard let sent = request["x-amz-date"].flatMap(Self.time) else { return error(403, "AccessDenied") }
        guard abs(sent.seconds - Timestamp.now().seconds) < 900 else {
            state.withLock { $0.skewed += 1 }
            return error(403, "RequestTimeTooSkewed", "<ServerTime>\(Timestamp.now().iso8601)</ServerTime>")
        }
        if let digest = request["content-md5"], Base64.decode(digest) != HashContext(.md5).hash(request.body).bytes {
            return error(400, "BadDigest")
        }
        if let digest = request["x-amz-content-sha256"], digest.count == 64,
            digest != HashContext(.sha256).hash(request.body).hex
        {
            return error(400, "XAmzContentSHA256Mismatch")
        }
        return nil
    }

    private static func time(_ compact: String) -> Timestamp? {
        let text = Array(compact)
        guard text.count == 16 else { return nil }
        func part(_ range: Range<Int>) -> String { String(text[range]) }
        return Timestamp(
            iso8601:
                "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(9..<11)):\(part(11..<13)):\(part(13..<15))Z")
    }

    private func object(
        _ request: LoopbackHTTPServer.Request, _ key: String, _ target: WireTarget
    ) -> LoopbackHTTPServer.Reply {
        let stored = objects[key]
        switch request.method {
        case "PUT":
            if request["if-none-match"] == "*", stored != nil { return error(412, "PreconditionFailed") }
            store(key, request.body)
            return .response(status: 200, headers: ids + [("ETag", Self.etag(request.body))])
        case "DELETE":
            if undeletable.contains(key) { return error(403, "AccessDenied") }
            remove(key)
            return .response(status: 204, headers: ids)
        case "GET", "HEAD":
            guard let stored else { return error(404, "NoSuchKey") }
            if let match = request["if-match"], match != Self.etag(stored) { return error(412, "PreconditionFailed") }
            return WireRange.reply(
                stored, request["range"], headers: ids + [("ETag", Self.etag(stored))])
        default: return error(405, "MethodNotAllowed")
        }
    }

    private static func etag(_ body: [UInt8]) -> String { "\"\(HashContext(.md5).hash(body).hex)\"" }

    // MARK: Lists

    private func listing(_ target: WireTarget) -> LoopbackHTTPServer.Reply {
        let prefix = target.query["prefix"] ?? ""
        let after = target.query["continuation-token"] ?? target.query["start-after"] ?? ""
        let (page, isTruncated) = page(
            of: prefix, after: after, atMost: Int(target.query["max-keys"] ?? "") ?? 1000)
        var text = "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        text += "<KeyCount>\(page.count)</KeyCount><IsTruncated>\(isTruncated)</IsTruncated>"
        let isEncoded = target.query["encoding-type"] == "url"
        if isEncoded { text += "<EncodingType>url</EncodingType>" }
        for name in page {
            let body = objects[name] ?? []
            text += "<Contents><Key>\(isEncoded ? PercentEncoding.encode(name) : Self.escaped(name))</Key>"
            text += "<Size>\(body.count)</Size><LastModified>2026-01-02T03:04:05.000Z</LastModified>"
            text += "<ETag>&quot;\(HashContext(.md5).hash(body).hex)&quot;</ETag></Contents>"
        }
        if isTruncated, oddity != .withoutContinuation, let last = page.last {
            text += "<NextContinuationToken>\(Self.escaped(last))</NextContinuationToken>"
        }
        return xml("\(text)</ListBucketResult>")
    }

    private func batch(_ request: LoopbackHTTPServer.Request) -> LoopbackHTTPServer.Reply {
        guard request["content-md5"] != nil else { return error(400, "InvalidRequest") }
        let text = String(decoding: request.body, as: UTF8.self)
        var answer = "<DeleteResult>"
        for part in text.split(separator: "<Key>").dropFirst() {
            let key = String(part.prefix { $0 != "<" }).replacing("&lt;", with: "<").replacing("&gt;", with: ">")
                .replacing("&quot;", with: "\"").replacing("&apos;", with: "'").replacing("&amp;", with: "&")
            if undeletable.contains(key) {
                answer += "<Error><Key>\(Self.escaped(key))</Key><Code>AccessDenied</Code></Error>"
            } else {
                remove(key)
            }
        }
        return xml("\(answer)</DeleteResult>")
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }

    private func xml(_ text: String) -> LoopbackHTTPServer.Reply {
        .response(status: 200, headers: ids + [("Content-Type", "application/xml")], body: Array(text.utf8))
    }

    private func error(_ status: Int, _ code: String, _ more: String = "") -> LoopbackHTTPServer.Reply {
        let text = "<Error><Code>\(code)</Code><Message>scripted</Message>\(more)</Error>"
        return .response(status: status, headers: ids, body: Array(text.utf8))
    }
}
