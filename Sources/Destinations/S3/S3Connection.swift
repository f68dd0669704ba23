internal import AWS
internal import Support
internal import Synchronization
internal import Transport

/// What a request came to.
enum S3Answer {
    case success(HTTPResponse)
    case refused(S3Refusal)

    /// The success.
    /// - Throws: the error of the refusal.
    func value() throws(DestinationError) -> HTTPResponse {
        switch self {
        case .success(let response): return response
        case .refused(let refusal): throw refusal.error
        }
    }
}

/// Sends signed requests to one bucket, and does otherwise what the server asks to be done otherwise.
final class S3Connection: Sendable {
    let settings: S3Settings
    let caller: Caller
    private let keys: S3Keys
    private let acceptsAnyCertificate: Bool
    private let state: Mutex<S3Knowledge?>
    private let discovery: E2Discovery?

    var label: String { caller.label }
    private var environment: DestinationEnvironment { caller.environment }

    /// Connects to the place of the settings, without touching it yet.
    /// - Throws: `.configuration` when there is no such place.
    init(
        _ settings: S3Settings, label: String, connection: ConnectionOptions, environment: DestinationEnvironment,
        discovery: String = E2Discovery.usualURL
    ) throws(DestinationError) {
        self.settings = settings
        caller = Caller(label: label, connection: connection, environment: environment)
        acceptsAnyCertificate = connection.transport.acceptsAnyCertificate
        switch settings.place {
        case .server(let server):
            let known = try Self.know(settings, server, at: label)
            try Self.check(settings, known, at: label)
            keys = S3Keys(settings, isAWS: known.endpoint.isAWS, connection: connection, environment: environment)
            state = Mutex(known)
            self.discovery = nil
        case .e2:
            keys = S3Keys(settings, isAWS: false, connection: connection, environment: environment)
            state = Mutex(nil)
            self.discovery = E2Discovery(url: discovery)
        }
    }

    private static func know(
        _ settings: S3Settings, _ server: String?, at label: String
    ) throws(DestinationError) -> S3Knowledge {
        do throws(S3EndpointError) {
            return try S3Knowledge(settings, server: server)
        } catch {
            throw DestinationError(.configuration, .open, at: label, detail: "\(error)", advice: "Correct the option.")
        }
    }

    /// What must not go over a line that everybody can read.
    private static func check(
        _ settings: S3Settings, _ known: S3Knowledge, at label: String
    ) throws(DestinationError) {
        guard known.endpoint.scheme == "http" else { return }
        if settings.leavesPayloadUnsigned {
            throw DestinationError(
                .configuration, .open, at: label,
                detail: "'s3-disable-payload-signing' leaves what is sent without any protection on plain http",
                advice: "Use https, or leave the option out.")
        }
        if case .customer = settings.encryption.kind {
            throw DestinationError(
                .configuration, .open, at: label, detail: "'s3-customer-key' would be sent without TLS",
                advice: "Use https, or leave the key out.")
        }
    }

    // MARK: What is known

    /// What is known of the server, which IDrive e2 has to be asked for.
    func knowledge(
        _ operation: DestinationError.Operation, _ object: String? = nil
    ) throws(DestinationError) -> S3Knowledge {
        if let known = state.withLock({ $0 }) { return known }
        guard let discovery else {
            throw DestinationError(.internalFault, operation, object: object, at: label, detail: "there is no address")
        }
        let keys = try self.keys.current(operation, object, at: label)
        let server = try discovery.server(of: keys.accessKeyID, caller, operation, object)
        let found = try Self.know(settings, server, at: label)
        return state.withLock { state in
            if state == nil { state = found }
            return state ?? found
        }
    }

    /// What is known without asking anybody.
    var known: S3Knowledge? { state.withLock { $0 } }

    /// Remembers something.
    func learn(_ change: (inout S3Knowledge) -> Void) {
        state.withLock { state in
            guard var known = state else { return }
            change(&known)
            state = known
        }
    }

    // MARK: Requests

    /// Sends a request once, and once more for each thing that the server wants otherwise.
    ///
    /// A request is made anew of what is known at the time. Where a document is expected, a success may be an error.
    func send(
        _ operation: DestinationError.Operation, _ object: String? = nil, into sink: (any ResponseSink)? = nil,
        expectsDocument: Bool = false, _ build: (S3Knowledge) -> S3Request
    ) throws(DestinationError) -> S3Answer {
        var corrected: Set<Int> = []
        var elsewhere: String?
        while true {
            let known = try knowledge(operation, object)
            let request = build(known)
            let keys = try self.keys.current(operation, object, at: label)
            let signed = try sign(request, known, keys, server: elsewhere, operation, object)
            let response: HTTPResponse
            do throws(DestinationError) {
                response = try caller.send(signed, into: sink, operation, object)
            } catch {
                throw advised(error, known)
            }
            if response.isSuccess, !expectsDocument || S3Refusal.element(of: response) == nil {
                return .success(response)
            }
            let now = environment.now()
            let refusal = S3Refusal(
                response, to: request, operation, object, at: label, now: now,
                hiding: secrets(of: keys, signed.headers["Authorization"]))
            guard let correction = try correction(refusal, request, known, now, corrected),
                corrected.insert(correction.kind).inserted
            else { return .refused(refusal) }
            if case .server(let server) = correction { elsewhere = server }
            guard try apply(correction, known, keys, operation, object) else { return .refused(refusal) }
        }
    }

    /// What no error may say, whatever a server answers.
    func secrets(_ operation: DestinationError.Operation) throws(DestinationError) -> [Secret] {
        secrets(of: try self.keys.current(operation, nil, at: label), nil)
    }

    private func secrets(of keys: AWSCredentials, _ authorization: String?) -> [Secret] {
        var secrets = [keys.secretKey]
        if let token = keys.sessionToken { secrets.append(token) }
        if case .customer(let key) = settings.encryption.kind { secrets.append(key) }
        if let authorization {
            secrets.append(Secret(authorization))
            if let mark = authorization.firstRange(of: "Signature=") {
                secrets.append(Secret(String(authorization[mark.upperBound...])))
            }
        }
        return secrets
    }

    private func sign(
        _ request: S3Request, _ known: S3Knowledge, _ keys: AWSCredentials, server: String?,
        _ operation: DestinationError.Operation, _ object: String?
    ) throws(DestinationError) -> HTTPRequest {
        var headers = request.headers
        if settings.paysForRequests { headers["x-amz-request-payer"] = "requester" }
        headers["x-amz-expected-bucket-owner"] = settings.expectedOwner
        var payload = request.file.map { SigV4.Payload.hash($0.sha256) } ?? .body
        if request.mayBeUnsigned, settings.leavesPayloadUnsigned { payload = .unsigned }
        let input = SigV4.Input(
            request.method, endpoint: server ?? known.endpoint.url,
            path: request.key.map { known.endpoint.path(of: $0) } ?? known.endpoint.bucketPath,
            query: request.query, headers: headers, body: request.body, payload: payload)
        let now = environment.now()
        let time = Timestamp(seconds: now.seconds + known.clockOffset, nanoseconds: now.nanoseconds)
        do throws(AWSError) {
            var signed = try known.signer.sign(input, with: keys, at: time)
            signed.file = request.file?.slice
            signed.maximumResponseBytes = request.maximumResponseBytes
            return signed
        } catch {
            throw DestinationError(.configuration, operation, object: object, at: label, detail: "\(error)")
        }
    }

    /// A host with the bucket in its name may have no address, or no certificate.
    private func advised(_ error: DestinationError, _ known: S3Knowledge) -> DestinationError {
        guard known.endpoint.style == .virtual, error.kind == .certificate || error.advice.contains("DNS") else {
            return error
        }
        var error = error
        error.advice += " If the server wants buckets in the path, set `s3-addressing=path`."
        return error
    }

    // MARK: Corrections

    private func correction(
        _ refusal: S3Refusal, _ request: S3Request, _ known: S3Knowledge, _ now: Timestamp, _ done: Set<Int>
    ) throws(DestinationError) -> S3Correction? {
        if let correction = S3Correction.of(refusal, to: request, known, now: now) { return correction }
        // The last resort where AWS redirects without a word.
        guard refusal.status == 301, known.endpoint.isAWS, !done.contains(S3Correction.region("").kind) else {
            return nil
        }
        return try globalRegion(known).map { .region($0) }
    }

    /// Asks AWS's first region where a bucket is.
    private func globalRegion(_ known: S3Knowledge) throws(DestinationError) -> String? {
        guard known.region != "us-east-1", let there = try? known.endpoint.moved(to: "us-east-1") else { return nil }
        let keys = try self.keys.current(.prepare, nil, at: label)
        var other = known
        other.endpoint = there
        other.signer = SigV4(region: "us-east-1", service: "s3")
        let signed = try sign(S3Request(.head), other, keys, server: nil, .prepare, nil)
        return try caller.send(signed, .prepare).headers["x-amz-bucket-region"]
    }

    /// Remembers a correction.
    /// - Returns: whether the request can be sent again.
    private func apply(
        _ correction: S3Correction, _ seen: S3Knowledge, _ used: AWSCredentials,
        _ operation: DestinationError.Operation, _ object: String?
    ) throws(DestinationError) -> Bool {
        switch correction {
        case .clock(let offset):
            guard isTrusted(seen) else { return false }
            learn { $0.clockOffset = offset }
            environment.warn(
                "\(label): this machine's clock is \(Count(abs(offset), "second")) \(offset > 0 ? "behind" : "ahead of") the "
                    + "server's, whose time is used for signatures; set the clock")
        case .region(let region):
            guard let endpoint = try? seen.endpoint.moved(to: region) else { return false }
            learn { known in
                known.endpoint = endpoint
                known.signer = SigV4(region: region, service: "s3")
            }
            environment.warn(
                "\(label): the bucket is in the region \(region), not \(seen.region); add s3-location-constraint=\(region)"
            )
        case .server: break
        case .virtualStyle:
            guard seen.endpoint.style != .virtual, let endpoint = try? seen.endpoint.restyled(.virtual) else {
                return false
            }
            learn { $0.endpoint = endpoint }
        case .keys: return keys.renew(used)
        case .without(let features):
            learn { known in
                known.missing.formUnion(features)
                if features.contains(.condition) { known.createsExclusively = false }
            }
            // Without the condition, a put has to look before it is sent again.
            return !features.contains(.condition)
        }
        return true
    }

    /// Whether what a server says of the time can be believed: nobody in between could have said it.
    private func isTrusted(_ known: S3Knowledge) -> Bool {
        if known.endpoint.scheme == "https" { return !acceptsAnyCertificate }
        let host = known.endpoint.host.prefix { $0 != ":" }
        return host == "localhost" || host.hasPrefix("127.") || known.endpoint.host.hasPrefix("[::1]")
    }
}
