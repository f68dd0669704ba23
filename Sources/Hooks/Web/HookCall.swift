internal import Support
internal import Transport

/// A request to a web service around a backup.
struct HookCall {
    /// Where it goes and what it says; it may hold secrets.
    let request: HTTPRequest
    /// The status that means success; any of 200 to 299 when there is none.
    let status: Int?

    /// Sends it once: who wants it repeated says so at the service.
    /// - Throws: the reason unless the answer is what was expected.
    func send(over transport: Transport, _ cancellation: CancellationFlag?) throws(HookFailure.Reason) {
        let response: HTTPResponse
        do throws(TransportError) {
            response = try transport.send(request, cancellation: cancellation)
        } catch {
            if case .timeout(.whole) = error.kind, let whole = request.timeouts.whole {
                throw .timeout(whole)
            }
            throw .transport(error)
        }
        guard status.map({ $0 == response.status }) ?? response.isSuccess else {
            throw .status(response.status, wanted: status.map { "\($0)" } ?? "200 to 299")
        }
    }
}
