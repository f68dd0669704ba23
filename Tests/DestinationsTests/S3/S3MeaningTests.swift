import Support
import TestSupport
import Testing
import Transport

@testable import Destinations

@Suite("What refusals of S3 mean")
struct S3MeaningTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var code: String?
        var status: Int
        var kind: DestinationError.Kind
        var message: String?
        var method = HTTPRequest.Method.get
        var hasKey = true
        var hasVersion = false
        var operation = DestinationError.Operation.get

        var testDescription: String { "\(status) \(code ?? "without a code") to \(method.rawValue)" }

        init(
            _ code: String?, _ status: Int, _ kind: DestinationError.Kind, _ message: String? = nil,
            _ method: HTTPRequest.Method = .get, hasKey: Bool = true, hasVersion: Bool = false,
            _ operation: DestinationError.Operation = .get
        ) {
            self.code = code
            self.status = status
            self.kind = kind
            self.message = message
            self.method = method
            self.hasKey = hasKey
            self.hasVersion = hasVersion
            self.operation = operation
        }
    }

    static let rows: [Row] = missing + busy + passing + corrupt + credentials + places + protection + permanent + space

    static let missing = [
        Row("NoSuchKey", 404, .missingObject), Row("NoSuchVersion", 404, .missingObject),
        Row("NoSuchUpload", 404, .missingObject), Row("NoSuchBucket", 404, .missingContainer),
        Row(nil, 404, .missingObject), Row(nil, 404, .missingObject, nil, .head),
        Row(nil, 404, .missingContainer, nil, .put, .put), Row(nil, 404, .missingContainer, nil, .post, .put),
        Row(nil, 404, .missingContainer, nil, .get, hasKey: false, .list),
        Row("NoSuchBucket", 404, .missingContainer, nil, .put, .put),
    ]

    static let busy =
        [
            "SlowDown", "SlowDownRead", "SlowDownWrite", "Throttling", "ThrottlingException", "ThrottlingSomethingNew",
            "RequestLimitExceeded", "TooManyRequests", "ServiceUnavailable",
        ].map { Row($0, 503, .throttled) } + [429, 503].map { Row(nil, $0, .throttled) }

    static let passing =
        [
            ("InternalError", 500), ("RequestTimeout", 400), ("OperationAborted", 409),
            ("ConditionalRequestConflict", 409),
        ]
        .map { Row($0.0, $0.1, .transient) }
        + [408, 499, 500, 502, 504, 520, 521, 522, 523, 524, 525, 526, 527].map { Row(nil, $0, .transient) }
        + [Row("InternalError", 200, .transient, nil, .post, .put)]

    static let corrupt =
        ["XAmzContentSHA256Mismatch", "BadDigest", "IncompleteBody"].map { Row($0, 400, .corrupt, nil, .put, .put) }
        + [Row(nil, 416, .corrupt)]

    static let credentials =
        ["ExpiredToken", "InvalidToken", "TokenRefreshRequired"].map { Row($0, 400, .authentication) }
        + ["InvalidAccessKeyId", "SignatureDoesNotMatch", "AllAccessDisabled", "AccountProblem"].map {
            Row($0, 403, .authentication)
        } + [
            Row(nil, 401, .authentication), Row("AccessDenied", 403, .permission), Row(nil, 403, .permission),
            Row(nil, 403, .permission, nil, .head),
        ]

    static let places = [
        Row("RequestTimeTooSkewed", 403, .configuration), Row("AuthorizationHeaderMalformed", 400, .configuration),
        Row("PermanentRedirect", 301, .configuration), Row("TemporaryRedirect", 307, .configuration),
        Row(nil, 301, .configuration, nil, .head), Row("InvalidRegion", 403, .configuration),
        Row("IllegalLocationConstraintException", 400, .configuration),
        Row("SecondLevelDomainForbidden", 403, .configuration), Row("PathStyleDomainForbidden", 403, .configuration),
    ]

    static let protection = [
        Row("InvalidObjectState", 403, .archived), Row("ObjectLockedByBucketPolicy", 403, .locked),
        Row("AccessDenied", 403, .locked, "Access Denied", .delete, hasVersion: true, .delete),
        Row("AccessDenied", 403, .locked, "Access Denied because object protected by object lock.", .delete, .delete),
        Row(
            "AccessDenied", 403, .permission, "User: x is not authorized to perform: s3:DeleteObjectVersion", .delete,
            hasVersion: true, .delete),
        Row("AccessDenied", 403, .permission, "Access Denied", .delete, .delete),
        Row("InvalidRequest", 400, .unsupported, "Bucket is missing Object Lock Configuration", .put, .put),
        Row("ObjectLockConfigurationNotFoundError", 404, .unsupported, nil, .get, hasKey: false, .probe),
    ]

    static let permanent =
        [("EntityTooLarge", 400), ("NotImplemented", 501), ("MalformedXML", 400), ("MethodNotAllowed", 405)]
        .map { Row($0.0, $0.1, .unsupported) }
        + [("KeyTooLongError", 400), ("InvalidStorageClass", 400), ("InvalidArgument", 400), ("Unheard", 400)]
        .map { Row($0.0, $0.1, .configuration) }
        + [Row(nil, 501, .unsupported), Row(nil, 405, .unsupported), Row(nil, 413, .unsupported)]

    static let space =
        ["QuotaExceeded", "StorageQuotaExceeded", "XMinioStorageFull"].map { Row($0, 403, .quota, nil, .put, .put) } + [
            Row(nil, 507, .quota),
            Row("AccessDenied", 403, .quota, "Cannot upload files, storage cap exceeded.", .put, .put),
            Row("TransactionCapExceeded", 403, .quota),
            Row("AccessDenied", 403, .permission, "capacity is not the matter", .put, .put),
            Row(nil, 412, .exists, nil, .put, .put), Row("PreconditionFailed", 412, .changed),
            Row("PreconditionFailed", 412, .exists, nil, .put, .put),
        ]

    @Test("each code and each status has its kind", arguments: rows)
    func kinds(_ row: Row) {
        let context = S3Meaning.Context(row.method, hasKey: row.hasKey, namesVersion: row.hasVersion)
        let meaning = S3Meaning.of(
            code: row.code, status: row.status, message: row.message, request: context, row.operation)
        #expect(meaning.kind == row.kind)
    }

    @Test("no code stands in two rows")
    func unique() {
        let all = S3Meaning.codes.flatMap { Array($0.codes) }
        #expect(Set(all).count == all.count)
    }

    private func refusal(_ status: Int, _ body: String, _ request: S3Request) throws -> S3Refusal {
        let server = try LoopbackHTTPServer([
            .response(status: status, headers: [("x-amz-request-id", "HEAD01")], body: Array(body.utf8))
        ])
        defer { server.stop() }
        let response = try Transport(version: "test", usesProxies: false).send(HTTPRequest(.get, server.url))
        return S3Refusal(response, to: request, .put, "x", at: "s3://b", now: .now())
    }

    @Test("an error has the server's code, message and number, and nothing that breaks a line")
    func words() throws {
        let body =
            "<Error><Code>AccessDenied</Code><Message>No\nway.  </Message><RequestId>4442587FB7D0A2F9</RequestId></Error>"
        let error = try refusal(403, body, S3Request(.put, "x")).error
        #expect(error.detail == "AccessDenied: No way (HTTP 403, request 4442587FB7D0A2F9)")
        #expect(!error.mayHaveArrived)
        let bare = try refusal(502, "<html>", S3Request(.put, "x")).error
        #expect(bare.detail == "the server failed (HTTP 502, request HEAD01)")
        #expect(bare.mayHaveArrived)
        #expect(try !refusal(502, "", S3Request(.get, "x")).error.mayHaveArrived)
    }

    @Test("an error in an envelope is read as well")
    func envelope() throws {
        let body = "<ErrorResponse><Error><Code>SlowDown</Code></Error></ErrorResponse>"
        #expect(try refusal(503, body, S3Request(.put, "x")).error.kind == .throttled)
    }
}
