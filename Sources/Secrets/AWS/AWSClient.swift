internal import AWS
internal import JSON
internal import Support
internal import Transport

/// Requests to one of AWS's JSON services.
struct AWSClient {
    let call: ServiceCall
    private let account: AWSAccount
    private let signer: SigV4
    private let endpoint: String
    private let target: String

    /// A client of a service, which has a name in hosts and signatures and one in the environment's variables; `target`
    /// is what stands before the action in `X-Amz-Target`.
    init(
        _ account: AWSAccount, service: (name: String, variable: String), target: String, provider: String,
        place: String, _ session: SecretSession
    ) throws(SecretError) {
        let environment = session.surroundings.environment
        let region: String
        do throws(AWSError) {
            if let given = account.region {
                region = given
            } else {
                region = try AWSCredentialSource.region(environment: environment, profile: account.profile)
            }
        } catch {
            throw session.failure(provider, place, Self.cause(error))
        }
        self.account = account
        self.target = target
        signer = SigV4(region: region, service: service.name)
        endpoint =
            account.url
            ?? AWSHosts.endpoint(
                service.name, variable: service.variable, region: region, environment: environment)
        call = ServiceCall(
            session: session, provider: provider, place: "\(place) in \(region)",
            client: session.clients.client(certificateAuthorities: session.variable("AWS_CA_BUNDLE")))
    }

    /// Calls an action and returns its answer.
    func perform(_ action: String, _ members: [JSONValue.Member]) throws(SecretError) -> JSONValue {
        var offset: Int64 = 0
        var isAgain = false
        while true {
            let input = SigV4.Input(
                .post, endpoint: endpoint,
                headers: [
                    "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "\(target).\(action)",
                ], body: JSONValue.object(members).serialized())
            let now = call.session.surroundings.now()
            var request = try signed(input, at: Timestamp(seconds: now.seconds + offset))
            request.timeouts = ServiceCall.timeouts
            let response = try call.send(request)
            if response.isSuccess { return try call.json(response) }
            let answer = try? JSONValue(parsing: response.body)
            let type = answer?["__type"]?.string?.split(separator: "#").last.map(String.init) ?? ""
            // A clock that is wrong is corrected once, by the server's, which TLS has vouched for.
            if !isAgain, Self.clockErrors.contains(type), endpoint.hasPrefix("https://"),
                let server = response.serverTime
            {
                offset = server.seconds - now.seconds
                isAgain = true
                continue
            }
            if !isAgain, account.keys == nil, Self.expiryErrors.contains(type) {
                source.forget()
                isAgain = true
                continue
            }
            let words = answer?["message"]?.string ?? answer?["Message"]?.string ?? ""
            throw failure(type, response.status, words)
        }
    }

    private func signed(_ input: SigV4.Input, at time: Timestamp) throws(SecretError) -> HTTPRequest {
        let keys = try credentials()
        do throws(AWSError) {
            return try signer.sign(input, with: keys, at: time)
        } catch {
            throw call.failure(Self.cause(error))
        }
    }

    private static let clockErrors: Set<String> = [
        "RequestTimeTooSkewed", "RequestExpired", "SignatureDoesNotMatch", "InvalidSignatureException",
    ]
    private static let expiryErrors: Set<String> = ["ExpiredToken", "ExpiredTokenException", "InvalidToken"]

    private func failure(_ type: String, _ status: Int, _ words: String) -> SecretError {
        let said = ServiceCall.shortened(words.isEmpty ? type : "\(type): \(words)")
        switch type {
        case "ResourceNotFoundException", "ParameterNotFound", "ParameterVersionNotFound":
            return call.failure(.missing)
        case "UnrecognizedClientException", "InvalidClientTokenId", "SignatureDoesNotMatch",
            "InvalidSignatureException", "ExpiredTokenException", "ExpiredToken", "InvalidToken",
            "MissingAuthenticationToken", "MissingAuthenticationTokenException", "IncompleteSignature",
            "RequestExpired", "RequestTimeTooSkewed":
            return call.failure(.rejected(said))
        case "AccessDeniedException", "AccessDenied": return call.failure(.forbidden(said))
        case "ThrottlingException", "Throttling", "TooManyUpdates", "InternalServiceError", "InternalServerError":
            return call.failure(.unavailable(status: status, said))
        default: return call.failure(status: status, said)
        }
    }

    // MARK: Credentials

    private var source: AWSCredentialSource {
        call.session.aws.source(profile: account.profile, region: signer.region, call.session)
    }

    private func credentials() throws(SecretError) -> AWSCredentials {
        if let keys = account.keys {
            return AWSCredentials(
                accessKeyID: try call.session.text(keys.accessKeyID),
                secretKey: try call.session.resolve(keys.secretKey), origin: "the configuration")
        }
        do throws(AWSError) {
            let found = try source.credentials(call.session.surroundings.cancellation)
            call.session.mask.add(found.secretKey)
            if let token = found.sessionToken { call.session.mask.add(token) }
            return found
        } catch {
            throw call.failure(Self.cause(error))
        }
    }

    private static func cause(_ error: AWSError) -> SecretProviderFailure.Cause {
        if case .cancelled = error { return .cancelled }
        if case .unreachable(let service, let why) = error {
            return .unreachable("\(service), \(why.detail)", isTransient: why.isTransient)
        }
        // Both sentences are the error's own.
        let text = error.description
        let end = text.firstRange(of: ". ") ?? text.endIndex..<text.endIndex
        let advice = text[end.upperBound...]
        return .notConfigured(
            text[..<end.lowerBound].startingLowercase,
            advice: advice.hasSuffix(".") ? String(advice.dropLast()) : String(advice))
    }
}

extension Substring {
    fileprivate var startingLowercase: String { prefix(1).lowercased() + dropFirst() }
}
