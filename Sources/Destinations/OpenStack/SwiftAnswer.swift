internal import Support
internal import Transport

/// What an answer of Swift means that is no success.
struct SwiftAnswer {
    /// One row of the table of answers; the first that fits counts.
    struct Row: Sendable {
        /// What else an answer must have than its status.
        enum Sign: Sendable, Hashable {
            case none
            case retryAfter
            /// The server asks for more patience than a call has.
            case longRetryAfter
            case header(String)
            case words(String)
        }

        let statuses: ClosedRange<Int>
        var operations: Set<DestinationError.Operation>?
        var sign = Sign.none
        let kind: DestinationError.Kind
        /// Whether the first such answer is taken for a passing fault.
        var passesOnce = false
        let reason: String
        var advice: String?
    }

    static let table: [Row] = passing + semantic + refusals

    /// What is tried again.
    private static let passing: [Row] = [
        Row(
            statuses: 429...429, operations: [.get, .stat], sign: .header("X-Ovh-Retrieval-State"), kind: .archived,
            reason: "the object is sealed in a cold archive"),
        Row(
            statuses: 429...429, operations: [.get, .stat], sign: .longRetryAfter, kind: .archived,
            reason: "the object lies in an archive, and is being unsealed"),
        Row(statuses: 429...429, kind: .throttled, reason: "the server asks to slow down"),
        Row(statuses: 498...498, kind: .throttled, reason: "the server limits the rate of requests"),
        Row(statuses: 503...503, sign: .retryAfter, kind: .throttled, reason: "the server asks to wait"),
        Row(
            statuses: 413...413, sign: .retryAfter, kind: .throttled, reason: "the server limits the rate of requests"),
        Row(statuses: 408...408, kind: .transient, reason: "the server lost patience with the connection"),
        Row(statuses: 499...499, kind: .transient, reason: "the connection broke before all was sent"),
        Row(
            statuses: 507...507, kind: .quota, passesOnce: true, reason: "the server has no room",
            advice: "Ask the provider; nothing that was stored before is lost."),
    ]

    /// What the content or the name is about.
    private static let semantic: [Row] = [
        Row(
            statuses: 400...400, operations: [.prepare], sign: .words("storage-policy"), kind: .configuration,
            reason: "the server does not know the storage policy", advice: "Correct `openstack-storage-policy`."),
        Row(
            statuses: 409...409, operations: [.prepare], kind: .configuration,
            reason: "the container exists with another storage policy",
            advice: "Leave `openstack-storage-policy` out, or use another container; a policy cannot be changed."),
        Row(
            statuses: 409...409, operations: [.put], kind: .exists, reason: "something newer is stored under the name"),
        Row(statuses: 409...409, kind: .changed, reason: "somebody else changes the same thing"),
        Row(statuses: 412...412, operations: [.put], kind: .exists, reason: "the name is taken"),
        Row(
            statuses: 412...412, operations: [.get], kind: .changed, reason: "the object was replaced while it was read"
        ),
        Row(
            statuses: 412...412, kind: .configuration, reason: "the server does not accept the name or the limit",
            advice: "Correct the container and the folder in the URL."),
        Row(
            statuses: 413...413, sign: .words("quota"), kind: .quota, reason: "the quota is used up"),
        Row(
            statuses: 413...413, kind: .unsupported, reason: "the object is larger than the server takes",
            advice: "Set `openstack-segment-size` to less, so that it is stored in segments, or use smaller volumes."),
        Row(statuses: 416...416, kind: .corrupt, reason: "the stored object is shorter than it should be"),
        Row(statuses: 422...422, kind: .corrupt, reason: "what arrived is not what was sent; it was not stored"),
    ]

    /// What stays as it is however often it is asked.
    private static let refusals: [Row] = [
        Row(
            statuses: 401...401, kind: .authentication, reason: "the server does not accept the login",
            advice: "Check the credentials, and whether they are for this project and this region."),
        Row(
            statuses: 403...403, operations: [.prepare], kind: .permission,
            reason: "these credentials may not look at or create this container",
            advice:
                "Create the container yourself, or give the user a role that may, and the right to read and write it."),
        Row(
            statuses: 403...403, kind: .permission, reason: "these credentials may not do this",
            advice: "Give the user a role or an access list of the container that allows it."),
        Row(
            statuses: 497...497, kind: .permission, reason: "the provider has blocked this account",
            advice: "Ask the provider."),
        Row(
            statuses: 404...404, operations: [.prepare, .list, .freeSpace, .probe], kind: .missingContainer,
            reason: "there is no such container"),
        Row(statuses: 404...404, kind: .missingObject, reason: "there is no such object"),
        Row(
            statuses: 405...405, kind: .unsupported, reason: "the server does not allow this kind of request",
            advice: "Check that the storage URL is Swift's, and not S3's or a web server's."),
        Row(
            statuses: 411...411, kind: .internalFault, reason: "the server did not see the length of the content",
            advice: "A proxy between may have removed it; if there is none, please report this as a defect."),
        Row(
            statuses: 300...399, kind: .configuration, reason: "the server points somewhere else",
            advice: "Write the final address into `openstack-storage-url`; redirects are not followed with a token."),
        Row(statuses: 501...501, kind: .unsupported, reason: "the server cannot do this"),
        Row(statuses: 500...599, kind: .transient, reason: "the server is out of order"),
        Row(
            statuses: 400...499, kind: .configuration, reason: "the server refuses the request",
            advice: "Check the URL and the options; if they are right, please report this as a defect."),
        Row(
            statuses: 100...299, kind: .configuration, reason: "the answer is none of Swift's",
            advice: "Check the storage URL; something else seems to answer there."),
    ]

    let response: HTTPResponse
    let operation: DestinationError.Operation

    /// The row that fits.
    var row: Row? {
        Self.table.first { row in
            row.statuses.contains(response.status) && row.operations?.contains(operation) != false && has(row.sign)
        }
    }

    private func has(_ sign: Row.Sign) -> Bool {
        switch sign {
        case .none: true
        case .retryAfter: response.headers["Retry-After"] != nil
        case .longRetryAfter: response.retryAfter(now: Timestamp.now()).map { $0 > .seconds(900) } ?? false
        case .header(let name): response.headers[name] != nil
        case .words(let words): message.lowercased().firstRange(of: words) != nil
        }
    }

    /// What the server says in words.
    var message: String {
        let text = String(decoding: response.body.prefix(4096), as: UTF8.self)
        // HTML says the status again, then a sentence in a paragraph.
        guard let start = text.firstRange(of: "<p>"), let end = text.firstRange(of: "</p>"),
            start.upperBound <= end.lowerBound
        else { return text.hasPrefix("<") ? "" : ServerWords.short(text, hiding: []) }
        return ServerWords.short(String(text[start.upperBound..<end.lowerBound]), hiding: [])
    }

    /// The error of a call that this answer ends.
    func error(_ object: String?, at label: String, attempt: Int = 2) -> DestinationError {
        let row = row
        var facts = ["status \(response.status)"]
        let message = message
        if !message.isEmpty { facts.append("“\(message)”") }
        if let id = response.transaction { facts.append("transaction \(id)") }
        let kind = row?.kind ?? .configuration
        let passes = row?.passesOnce == true && attempt == 1
        return DestinationError(
            passes ? .transient : kind, operation, object: object, at: label,
            detail: "\(row?.reason ?? "the answer is none of Swift's") (\(facts.joined(separator: ", ")))",
            advice: row?.advice, retryAfter: response.retryAfter(now: Timestamp.now()))
    }
}

extension HTTPResponse {
    /// The number by which a provider's support finds a request again.
    var transaction: String? {
        (headers["X-Trans-Id"] ?? headers["X-Openstack-Request-Id"]).map { ServerWords.short($0, hiding: []) }
    }

    /// The `Etag` without quotes and the mark of weakness, in lower case.
    var entityTag: String? {
        headers["Etag"].map { text in
            let bare = text.hasPrefix("W/") ? text.dropFirst(2) : text[...]
            return bare.filter { $0 != "\"" }.lowercased()
        }
    }

    /// The MD5 of the content, where the tag can be one.
    var contentMD5: String? {
        guard !isManifest, let tag = entityTag, tag.utf8.count == 32, Hex.decode(tag) != nil else { return nil }
        return tag
    }

    /// Whether the object is made of others.
    var isManifest: Bool { isStaticManifest || headers["X-Object-Manifest"] != nil }

    /// Whether the object is a list of segments with their sizes and digests.
    var isStaticManifest: Bool { headers["X-Static-Large-Object"]?.lowercased() == "true" }

    /// The length of the body that a response announces.
    var contentLength: Int64? { headers["Content-Length"].flatMap { Int64($0) } }
}
