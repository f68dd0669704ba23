internal import JSON
internal import Jobs
internal import Ledger
internal import Listening
internal import Support

/// Why a request is not done, as its sender is told.
struct APIProblem: Error {
    /// The status.
    let status: Int
    /// What is wrong and what to do, without secrets.
    let detail: String
    /// The code of a failure that runs have, too.
    var code: Failure.Code?
    /// After how many seconds trying again may help.
    var retryAfter: Int?
    /// What a client has to prove who it is with.
    var challenge: String?
    /// The methods that are allowed.
    var allowed: [String] = []

    init(_ status: Int, _ detail: String) {
        self.status = status
        self.detail = detail
    }

    /// A failure of what a request asked for.
    init(_ failure: Failure) {
        status =
            switch failure.code {
            case .notFound: 404
            case .busy, .refused, .quarantine, .expectation: 409
            case .unreachable: 503
            case .full: 507
            case .credentials, .destination, .missingContainer, .passphrase, .store: 502
            default: 500
            }
        detail = failure.message
        code = failure.code
        if status == 503 { retryAfter = 30 }
    }

    /// Something that is not there.
    static func notFound(_ detail: String) -> APIProblem {
        var problem = APIProblem(404, detail)
        problem.code = .notFound
        return problem
    }

    /// The response of RFC 9457.
    var response: ServerResponse {
        var response = ServerResponse.problem(status, detail)
        if let code, case .bytes(let bytes) = response.body,
            case .object(let members)? = try? JSONValue(parsing: bytes)
        {
            response.body = .bytes(JSONValue.object(members + [.init("code", .string(code.rawValue))]).serialized())
        }
        if let retryAfter { response.fields["Retry-After"] = "\(retryAfter)" }
        if let challenge { response.fields["WWW-Authenticate"] = challenge }
        if !allowed.isEmpty { response.fields["Allow"] = allowed.joined(separator: ", ") }
        return response
    }
}

extension ServerResponse {
    /// A JSON document.
    static func json(_ value: JSONValue, status: Int = 200) -> ServerResponse {
        .bytes(status, type: "application/json", value.serialized() + [0x0A])
    }
}
