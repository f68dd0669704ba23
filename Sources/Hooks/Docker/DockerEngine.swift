internal import JSON
internal import Support
internal import Synchronization
internal import Transport

/// An engine that speaks Docker's API: Docker itself, or Podman's socket.
///
/// The version of the API is the newest that both sides know. Written from Docker's API reference, 1.24 to 1.51.
public final class DockerEngine: Sendable {
    /// The versions of the API that are spoken here, as minor numbers of version 1.
    static let versions = 24...51

    let endpoint: DockerEndpoint
    private let transport: Transport
    private let version = Mutex<Int?>(nil)

    /// An engine; nothing is asked yet.
    public init(_ endpoint: DockerEndpoint) {
        self.endpoint = endpoint
        transport = Transport(version: "hooks", settings: endpoint.settings)
    }

    // MARK: Requests

    /// What is asked of the engine.
    struct Call {
        var method = HTTPRequest.Method.get
        /// Behind the version: `/containers/json`.
        var path: String
        var query: [(String, String)] = []
        var body: JSONValue?
        var headers: HTTPHeaders = [:]
        /// How long all of it may take, and be silent.
        var timeout = Duration.seconds(60)
        /// What means success beside 200 to 299.
        var accepted: Set<Int> = []
        var isStream = false
    }

    /// Asks, and returns the answer.
    func send(
        _ call: Call, into sink: (any ResponseSink)? = nil, _ cancellation: CancellationFlag?
    ) throws(DockerError) -> HTTPResponse {
        let version = try negotiated(cancellation)
        let response = try exchange(call, "/v1.\(version)\(call.path)", sink, cancellation)
        guard response.isSuccess || call.accepted.contains(response.status) else {
            throw DockerError(
                response.status == 404 ? .noContainer : .refused(response.status), endpoint.description,
                Self.message(response))
        }
        return response
    }

    /// Asks, and returns the document that answers.
    func document(_ call: Call, _ cancellation: CancellationFlag?) throws(DockerError) -> JSONValue {
        let response = try send(call, cancellation)
        guard let value = try? JSONValue(parsing: response.body) else {
            throw DockerError(.badAnswer, endpoint.description, "the answer to \(call.path) is not JSON")
        }
        return value
    }

    private func exchange(
        _ call: Call, _ path: String, _ sink: (any ResponseSink)?, _ cancellation: CancellationFlag?
    ) throws(DockerError) -> HTTPResponse {
        var url = endpoint.base + path
        for (index, (name, value)) in call.query.enumerated() {
            url += "\(index == 0 ? "?" : "&")\(name)=\(PercentEncoding.encode(value.utf8))"
        }
        var headers = call.headers
        if call.body != nil { headers["Content-Type"] = "application/json" }
        var request = HTTPRequest(
            call.method, url, headers: headers, body: call.body?.serialized() ?? [],
            timeouts: TransportTimeouts(
                connect: .seconds(10), idle: call.timeout, firstByte: call.timeout, whole: call.timeout),
            maximumResponseBytes: 64 << 20, followsRedirects: false)
        request.unixSocket = endpoint.socket
        request.isUpgrade = call.isStream
        do throws(TransportError) {
            return try transport.send(request, into: sink, cancellation: cancellation)
        } catch {
            throw DockerError(.transport(error.kind), endpoint.description, error.detail)
        }
    }

    /// The engine's own words: a JSON document with a `message`, or plain text from what stands before it.
    private static func message(_ response: HTTPResponse) -> String {
        let text =
            (try? JSONValue(parsing: response.body))?["message"]?.string
            ?? String(decoding: response.body.prefix(300), as: UTF8.self)
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        let shown = line.utf8.count > 500 ? "\(line.prefix(300))…" : line
        return shown.isEmpty ? "no reason given" : shown.hasSuffix(".") ? String(shown.dropLast()) : shown
    }

    // MARK: Version

    /// The version of the API to speak, asked for once.
    func negotiated(_ cancellation: CancellationFlag?) throws(DockerError) -> Int {
        if let known = version.withLock({ $0 }) { return known }
        let ping = try exchange(Call(path: "/_ping", timeout: .seconds(10)), "/_ping", nil, cancellation)
        guard ping.isSuccess else {
            throw DockerError(.refused(ping.status), endpoint.description, Self.message(ping))
        }
        // Engines before 1.25 do not say, and speak at least 1.24.
        let newest = ping.headers["Api-Version"].flatMap(Self.minor) ?? Self.versions.lowerBound
        guard newest >= Self.versions.lowerBound else {
            throw DockerError(
                .tooOld, endpoint.description, "it speaks 1.\(newest), and 1.\(Self.versions.lowerBound) is needed")
        }
        let spoken = min(newest, Self.versions.upperBound)
        version.withLock { $0 = spoken }
        return spoken
    }

    private static func minor(_ text: String) -> Int? {
        let parts = text.split(separator: ".")
        guard parts.count >= 2, let major = Int(parts[0]), let minor = Int(parts[1]) else { return nil }
        return major == 1 ? minor : versions.upperBound
    }
}
