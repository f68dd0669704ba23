internal import Transport

/// What refusals mean: one table of codes, one of statuses.
///
/// - SeeAlso: Amazon S3 API Reference, "Error responses"; other providers add words of their own.
struct S3Meaning: Hashable {
    /// What the caller may do.
    var kind: DestinationError.Kind
    /// What a person may do, where it is something particular.
    var advice: String?

    /// What of a request decides what a refusal of it means.
    struct Context: Hashable {
        var method: HTTPRequest.Method
        var hasKey = true
        var namesVersion = false

        init(_ method: HTTPRequest.Method, hasKey: Bool = true, namesVersion: Bool = false) {
            self.method = method
            self.hasKey = hasKey
            self.namesVersion = namesVersion
        }

        init(_ request: S3Request) {
            self.init(request.method, hasKey: request.key != nil, namesVersion: request.namesVersion)
        }
    }

    /// Finds the meaning of a refusal.
    static func of(
        code: String?, status: Int, message: String?, request: Context, _ operation: DestinationError.Operation
    ) -> S3Meaning {
        if let code {
            if saysCap(code, message, status) { return S3Meaning(kind: .quota) }
            if saysNoLocks(code, message) { return S3Meaning(kind: .unsupported, advice: lockAdvice) }
            if deniesLocked(code, message, request) { return S3Meaning(kind: .locked) }
            if code.hasPrefix("Throttling") { return S3Meaning(kind: .throttled) }
            if let row = codes.first(where: { $0.codes.contains(code) }) {
                return S3Meaning(kind: row.kind, advice: row.advice)
            }
            if code.hasPrefix("ObjectLock") { return S3Meaning(kind: .locked) }
        }
        return S3Meaning(kind: kind(status: status, request, operation), advice: code == nil ? advice(status) : nil)
    }

    /// B2 and Wasabi have no code for caps that were reached: only words.
    private static func saysCap(_ code: String, _ message: String?, _ status: Int) -> Bool {
        guard status == 403 else { return false }
        let words = "\(code) \(message ?? "")".lowercased().split { !$0.isLetter }
        return words.contains("cap") || code.lowercased().hasSuffix("capexceeded")
    }

    private static let lockAdvice =
        "Locks need a bucket that was made with them: make a new one, or let `prepare` make it."

    /// A bucket without locks says so in words only.
    private static func saysNoLocks(_ code: String, _ message: String?) -> Bool {
        if code == "ObjectLockConfigurationNotFoundError" || code == "InvalidBucketState" { return true }
        let letters = (message ?? "").lowercased().filter { $0 != " " }
        return code == "InvalidRequest" && letters.contains("objectlockconfiguration")
    }

    /// A version that is locked is denied like one that one may not delete; words about rights tell them apart.
    private static func deniesLocked(_ code: String, _ message: String?, _ request: Context) -> Bool {
        guard code == "AccessDenied" else { return false }
        let message = (message ?? "").lowercased()
        if message.contains("object lock") || message.contains("retention") || message.contains("worm") { return true }
        return request.method == .delete && request.namesVersion && !message.contains("not authorized")
    }

    private static func kind(
        status: Int, _ request: Context, _ operation: DestinationError.Operation
    ) -> DestinationError.Kind {
        switch status {
        case 401: .authentication
        case 403: .permission
        case 404 where !request.hasKey || request.method == .put || request.method == .post: .missingContainer
        case 404: .missingObject
        case 405, 501: .unsupported
        case 408, 499, 500, 502, 504, 520...527: .transient
        case 409: operation == .put ? .exists : .transient
        case 412: operation == .get ? .changed : .exists
        case 413: .unsupported
        case 416: .corrupt
        case 429, 503: .throttled
        case 507: .quota
        case 500...: .transient
        default: .configuration
        }
    }

    private static func advice(_ status: Int) -> String? {
        (300..<400).contains(status) ? "Name the bucket's region in `s3-location-constraint`." : nil
    }

    /// One row of the table.
    struct Row {
        let kind: DestinationError.Kind
        let codes: Set<String>
        var advice: String?
    }

    /// Every code with a meaning of its own.
    static let codes: [Row] = [
        Row(kind: .missingObject, codes: ["NoSuchKey", "NoSuchVersion", "NoSuchUpload"]),
        Row(kind: .missingContainer, codes: ["NoSuchBucket"]),
        Row(
            kind: .throttled,
            codes: [
                "SlowDown", "SlowDownRead", "SlowDownWrite", "RequestLimitExceeded", "TooManyRequests",
                "ServiceUnavailable", "RequestRateTooHigh", "BandwidthLimitExceeded",
            ]),
        Row(
            kind: .transient,
            codes: [
                "InternalError", "RequestTimeout", "OperationAborted", "ConditionalRequestConflict", "ServerBusy",
                "XMinioServerNotInitialized", "OperationTimedOut",
            ]),
        Row(
            kind: .corrupt,
            codes: [
                "XAmzContentSHA256Mismatch", "BadDigest", "IncompleteBody", "XAmzContentChecksumMismatch",
                "InvalidRange",
            ]),
        Row(
            kind: .authentication,
            codes: ["ExpiredToken", "InvalidToken", "TokenRefreshRequired", "ExpiredTokenException"],
            advice: "Log in again, or give the machine a role; the token that came with the keys has ended."),
        Row(
            kind: .authentication,
            codes: [
                "InvalidAccessKeyId", "AccountProblem", "AllAccessDisabled", "NotSignedUp", "InvalidSecurity",
                "UnrecognizedClientException", "MissingAuthenticationToken",
            ],
            advice: "Check the access key of this destination, and the account behind it."),
        Row(
            kind: .authentication, codes: ["SignatureDoesNotMatch"],
            advice:
                "Check the secret key of this destination: one character is wrong, missing, or badly escaped in the URL."
        ),
        Row(
            kind: .permission, codes: ["AccessDenied", "AccountSuspended", "UserSuspended"],
            advice: "Give these keys the right to do this; docs/destinations/s3.md has the smallest policy."),
        Row(
            kind: .configuration,
            codes: [
                "AuthorizationHeaderMalformed", "PermanentRedirect", "TemporaryRedirect", "Redirect", "InvalidRegion",
            ],
            advice: "Name the bucket's region in `s3-location-constraint`."),
        Row(
            kind: .configuration, codes: ["RequestTimeTooSkewed", "RequestExpired"],
            advice: "Set this machine's clock, or have it set by a time server."),
        Row(
            kind: .configuration, codes: ["IllegalLocationConstraintException", "InvalidLocationConstraint"],
            advice: "Name in `s3-location-constraint` the region that the server is in."),
        Row(
            kind: .configuration, codes: ["SecondLevelDomainForbidden", "PathStyleDomainForbidden"],
            advice: "Set `s3-addressing=virtual`."),
        Row(
            kind: .configuration, codes: ["InvalidBucketName", "KeyTooLongError", "InvalidArgument", "InvalidRequest"]),
        Row(
            kind: .configuration, codes: ["InvalidStorageClass"],
            advice: "Correct `s3-storage-class` and `s3-storage-class-metadata`, or leave them out."),
        Row(
            kind: .unsupported,
            codes: ["EntityTooLarge", "EntityTooSmall", "NotImplemented", "MalformedXML", "MethodNotAllowed"]),
        Row(kind: .archived, codes: ["InvalidObjectState", "RestoreAlreadyInProgress"]),
        Row(
            kind: .quota,
            codes: [
                "QuotaExceeded", "StorageQuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded",
                "XMinioBucketQuotaExceeded", "InsufficientStorage", "StorageCapExceeded",
            ]),
        Row(kind: .locked, codes: ["FileImmutable", "InvalidRetentionPeriod"]),
        Row(
            kind: .exists,
            codes: ["FileAlreadyExists", "ObjectAlreadyExists", "BucketAlreadyExists", "BucketAlreadyOwnedByYou"]),
    ]
}
