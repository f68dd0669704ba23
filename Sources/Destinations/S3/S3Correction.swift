internal import AWS
internal import Support
internal import Transport
internal import XML

/// What a refusal asks to be done otherwise: done once, remembered, and the request is sent again.
enum S3Correction: Hashable {
    /// The server's clock is so many seconds ahead.
    case clock(Int64)
    /// The bucket is in another region.
    case region(String)
    /// This one request goes to another server of the same provider.
    case server(String)
    /// The bucket belongs into the host's name.
    case virtualStyle
    /// The keys have expired.
    case keys
    /// The server does not do these.
    case without(Set<S3Feature>)

    /// What kind it is; each is made once in a call.
    var kind: Int {
        switch self {
        case .clock: 0
        case .region: 1
        case .server: 2
        case .virtualStyle: 3
        case .keys: 4
        case .without: 5
        }
    }

    /// What a refusal asks for; nil when nothing can be done.
    static func of(
        _ refusal: S3Refusal, to request: S3Request, _ known: S3Knowledge, now: Timestamp
    ) -> S3Correction? {
        if let offset = clock(refusal, known, now) { return .clock(offset) }
        if let region = region(refusal, request, known) { return .region(region) }
        if refusal.status == 307, let server = server(refusal, known) { return .server(server) }
        if ["SecondLevelDomainForbidden", "PathStyleDomainForbidden"].contains(refusal.code) { return .virtualStyle }
        if expiry.contains(refusal.code ?? "") { return .keys }
        // HEAD has no body that could say so.
        if refusal.code == nil, refusal.status == 400, request.method == .head { return .keys }
        if refusal.code == "NotImplemented" || refusal.status == 501 {
            let named = named(in: refusal.message ?? "", of: request.uses)
            if !named.isEmpty { return .without(named) }
        }
        return nil
    }

    private static let expiry: Set<String> = [
        "ExpiredToken", "InvalidToken", "TokenRefreshRequired", "ExpiredTokenException",
    ]

    // MARK: Time

    /// How far ahead the server's clock is, when the refusal is about that.
    private static func clock(_ refusal: S3Refusal, _ known: S3Knowledge, _ now: Timestamp) -> Int64? {
        let text = refusal.body?.text("ServerTime")
        guard
            let server = text.flatMap({ S3Time.parse($0) })
                ?? refusal.headers["Date"].flatMap({ Timestamp(httpDate: $0) })
        else { return nil }
        let offset = server.seconds - now.seconds
        if refusal.code == "RequestTimeTooSkewed" { return offset }
        // Some say only that access is denied, and to HEAD nobody can say anything.
        let isVague = refusal.code == nil || refusal.code == "AccessDenied" || refusal.code == "RequestExpired"
        guard isVague, refusal.status == 400 || refusal.status == 403 else { return nil }
        return abs(offset - known.clockOffset) > 240 ? offset : nil
    }

    // MARK: Place

    private static func region(_ refusal: S3Refusal, _ request: S3Request, _ known: S3Knowledge) -> String? {
        let creates = request.key == nil && request.method == .put
        guard !creates, [301, 307, 400, 403].contains(refusal.status) else { return nil }
        let named =
            refusal.headers["x-amz-bucket-region"] ?? refusal.body?.text("Region")
            ?? quoted(refusal) ?? incompatible(refusal) ?? ofEndpoint(refusal, known)
        guard let named, !named.isEmpty, named != known.region, named.utf8.allSatisfy(isPlain) else { return nil }
        return named
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "-")
    }

    /// `The authorization header is malformed; the region 'a' is wrong; expecting 'b'`.
    private static func quoted(_ refusal: S3Refusal) -> String? {
        guard let message = refusal.message, let mark = message.firstRange(of: "expecting '") else { return nil }
        return String(message[mark.upperBound...].prefix { $0 != "'" })
    }

    /// The second word of `The eu-west-1 location constraint is incompatible for the region specific endpoint`.
    private static func incompatible(_ refusal: S3Refusal) -> String? {
        guard refusal.code == "IllegalLocationConstraintException" else { return nil }
        let words = (refusal.message ?? "").split(separator: " ")
        return words.count > 3 && words[0] == "The" && words[2] == "location" ? String(words[1]) : nil
    }

    /// The region in the name of the server of AWS that a redirect names.
    private static func ofEndpoint(_ refusal: S3Refusal, _ known: S3Knowledge) -> String? {
        guard known.endpoint.isAWS, refusal.status == 301, let server = refusal.body?.text("Endpoint"),
            let there = try? S3Endpoint(bucket: known.endpoint.bucket, server: server, fallback: "none"),
            there.isAWS, there.region != "none"
        else { return nil }
        return there.region
    }

    /// The server of a redirect, when it belongs to the one that redirects.
    private static func server(_ refusal: S3Refusal, _ known: S3Knowledge) -> String? {
        guard let location = refusal.headers["Location"], let mark = location.firstRange(of: "://") else { return nil }
        let scheme = location[..<mark.lowerBound].lowercased()
        let authority = String(location[mark.upperBound...].prefix { $0 != "/" && $0 != "?" })
        guard isPlainAuthority(authority) else { return nil }
        let host = authority.lowercased()
        guard scheme == known.endpoint.scheme || scheme == "https", isRelated(host, known.endpoint.host),
            !known.endpoint.isAWS || host == known.endpoint.host || isS3OfAWS(host)
        else { return nil }
        return "\(scheme)://\(host)"
    }

    /// Whether it is a host, perhaps with a port, and nothing that one program reads otherwise than another.
    static func isPlainAuthority(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard let host = parts.first, !host.isEmpty, parts.count <= 2 else { return false }
        if parts.count == 2 {
            let port = parts[1]
            guard (1...5).contains(port.count), port.allSatisfy({ $0.isASCIIDigit }) else { return false }
        }
        return host.allSatisfy { isPlain($0) || $0 == UInt8(ascii: ".") }
    }

    /// Whether a host of AWS is one of S3, where customers of other services choose names of their own.
    static func isS3OfAWS(_ host: String) -> Bool {
        let name = host.prefix { $0 != ":" }
        var labels: [String] = name.split(separator: ".", omittingEmptySubsequences: false).map { String($0) }
        if labels.last == "cn" { labels.removeLast() }
        guard labels.suffix(2) == ["amazonaws", "com"] else { return false }
        labels.removeLast(2)
        guard let place = labels.lastIndex(where: { $0 == "s3" || $0.hasPrefix("s3-") }) else { return false }
        // Behind it stands the region at most; the names of customers stand before other services' labels.
        var rest = Array(labels[(place + 1)...])
        if rest.first == "dualstack" { rest.removeFirst() }
        return rest.isEmpty || rest.count == 1 && rest[0].contains("-")
    }

    /// Whether two hosts are the same, or belong to one domain.
    static func isRelated(_ one: String, _ other: String) -> Bool {
        let labels = [one, other].map { host in
            host.prefix { $0 != ":" }.split(separator: ".").map(String.init)
        }
        if labels[0] == labels[1] { return true }
        let isNumber = labels.contains { $0.last.flatMap { Int($0) } != nil || $0.count < 2 }
        if isNumber { return false }
        // Below `com.cn` and the like, a domain has three labels.
        let isShort = labels[0].suffix(2).first.map { $0.utf8.count <= 3 } ?? true
        return labels[0].suffix(isShort ? 3 : 2) == labels[1].suffix(isShort ? 3 : 2)
    }

    // MARK: Abilities

    /// Which of the things that a request uses a message means; all of them when it names none.
    private static func named(in message: String, of uses: Set<S3Feature>) -> Set<S3Feature> {
        let message = message.lowercased()
        let words: [(S3Feature, [String])] = [
            (.checksum, ["checksum"]), (.condition, ["if-none-match", "conditional", "overwrite"]),
            (.storageClass, ["storage-class", "storage class", "storageclass"]),
            (.encodedListing, ["encoding-type"]), (.listedRestores, ["optional-object-attributes"]),
            (.metadata, ["x-amz-meta"]),
        ]
        let named = Set(words.filter { entry in entry.1.contains { message.contains($0) } }.map(\.0)).intersection(uses)
        return named.isEmpty ? uses : named
    }
}
