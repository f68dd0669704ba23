internal import Support
internal import Transport

/// A request to Swift, before it has an address and a token.
struct StorageRequest {
    /// What it is about.
    enum Target {
        case account
        case container(String)
        case object(String, String)
    }

    var method: HTTPRequest.Method
    var target: Target
    var query: [(name: String, value: String)] = []
    var headers: HTTPHeaders = [:]
    var body: [UInt8] = []
    var file: FileSlice?
    var maximumResponseBytes = 1 << 20

    init(_ method: HTTPRequest.Method, _ target: Target, headers: HTTPHeaders = [:]) {
        self.method = method
        self.target = target
        self.headers = headers
    }

    /// The request at an address.
    func http(_ storage: String, token: Secret) -> HTTPRequest {
        var url = storage
        switch target {
        case .account: break
        case .container(let container): url += "/\(Self.encoded(container))"
        case .object(let container, let name): url += "/\(Self.encoded(container))/\(Self.encoded(name))"
        }
        if !query.isEmpty {
            url += "?" + query.map { "\($0.name)=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
        }
        var headers = headers
        headers["X-Auth-Token"] = token.reveal()
        // A refusal then comes before the body, not after it.
        if let file, file.count > 1 << 20 { headers["Expect"] = "100-continue" }
        return HTTPRequest(
            method, url, headers: headers, body: body, file: file, maximumResponseBytes: maximumResponseBytes)
    }

    /// A name as a part of a path; its own slashes stay.
    static func encoded(_ name: String) -> String {
        PercentEncoding.encode(name.utf8) { $0 == UInt8(ascii: "/") }
    }
}
