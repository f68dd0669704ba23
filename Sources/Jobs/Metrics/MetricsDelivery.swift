internal import Configuration
internal import Ledger
internal import Logging
internal import Secrets
internal import Support
internal import Transport

/// Leaves the metrics where monitoring finds them when no service can be asked: in a file, or at a push gateway.
///
/// Metrics that cannot be left are a warning and nothing else: no backup fails for them.
public struct MetricsDelivery: Sendable {
    private let configuration: Configuration
    private let ledger: Ledger
    private let secrets: SecretStore
    private let transport: Transport
    private let logger: Logger
    private let now: @Sendable () -> Timestamp

    /// A delivery for what the runs of a context have done.
    public init(in context: RunContext) {
        configuration = context.configuration
        ledger = context.ledger
        secrets = context.secrets.uninterrupted()
        transport = context.transport
        logger = context.logger
        now = context.now
    }

    /// Writes the file and pushes, as far as the configuration asks for it; blocks the calling thread.
    public func deliver() {
        guard let settings = configuration.runtime.metrics else { return }
        do {
            let text = try RunnerMetrics(configuration, ledger, at: now()).text
            if let path = settings.file {
                attempt("metrics not written", path) {
                    try SmallFile.replace(path, with: Array(text.utf8), mode: 0o644)
                }
            }
            if let gateway = settings.pushGateway {
                attempt("metrics not pushed", "runtime.metrics.push_gateway") { try push(text, to: gateway) }
            }
        } catch {
            logger.warning("metrics not made", metadata: ["error": "\(error)"])
        }
    }

    private func attempt(_ message: Logger.Message, _ place: String, _ body: () throws -> Void) {
        do {
            try body()
        } catch {
            let reason = (error as? PushRefusal)?.description ?? Failure(error).message
            logger.warning(message, metadata: ["place": "\(place)", "error": "\(reason)"])
        }
    }

    /// Replaces what the gateway has of this installation.
    private func push(_ text: String, to gateway: Template) throws {
        var url = try secrets.resolveURL(gateway)
        while url.hasSuffix("/") { url.removeLast() }
        let instance = PercentEncoding.encode(configuration.instance.utf8)
        var request = HTTPRequest(.put, "\(url)/metrics/job/dunnage/instance/\(instance)")
        request.headers["Content-Type"] = RunnerMetrics.contentType
        request.body = Array(text.utf8)
        let response = try transport.send(request)
        guard (200...299).contains(response.status) else {
            throw PushRefusal(status: response.status)
        }
    }
}

/// A push gateway that did not take what it was sent.
private struct PushRefusal: Error, CustomStringConvertible {
    let status: Int

    var description: String { "The push gateway answered with status \(status)." }
}
