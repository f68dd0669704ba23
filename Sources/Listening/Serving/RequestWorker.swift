internal import Support
internal import Synchronization

/// Has requests handled and answers them, on one thread.
struct RequestWorker {
    let core: ListenerCore

    /// Works until the queue ends.
    func run(_ queue: BoundedQueue<ListenerCore.Job>) {
        while let job = queue.pop() {
            if core.isBreaking {
                job.connection.sequel = .close
            } else {
                answer(job)
                core.counts.handled.add(1, ordering: .relaxed)
            }
            core.counts.atWork.subtract(1, ordering: .acquiringAndReleasing)
            core.giveBack(job.connection)
        }
    }

    private func answer(_ job: ListenerCore.Job) {
        let response = core.handler(job.request)
        let connection = job.connection
        let closes =
            job.head.closes || response.closesConnection || core.isStopping
            || connection.requests >= core.limits.requestsPerConnection
        connection.sequel = closes ? .leave : .nextRequest
        guard case .stream(let length, let body) = response.body, job.head.method != "HEAD", response.status != 204,
            response.status != 304
        else {
            send(response, job, closes: closes)
            return
        }
        stream(response, length, body, job, closes: closes)
    }

    // MARK: Bodies in memory

    private func send(_ response: ServerResponse, _ job: ListenerCore.Job, closes: Bool) {
        guard var output = Self.encode(response, method: job.head.method, closes: closes) else {
            fail(job, "its status is not one of 200 to 599, or a header field has a control character")
            return
        }
        // A client that reads slowly keeps this in memory, and no thread.
        guard core.hold(output.count) else {
            output = Self.encode(Self.busy, method: job.head.method, closes: true) ?? []
            job.connection.sequel = .leave
            put(output, job.connection)
            return
        }
        job.connection.held += output.count
        put(output, job.connection)
    }

    private func put(_ output: [UInt8], _ connection: Connection) {
        connection.output = output
        switch connection.push() {
        case .done, .wantsWrite, .wantsRead: break
        case .closed, .failed, .isHTTP: connection.sequel = .close
        }
    }

    /// Something is wrong with what the handler said, which is nothing that the client has to know.
    private func fail(_ job: ListenerCore.Job, _ reason: String) {
        report(job, reason)
        job.connection.sequel = .leave
        put(Self.encode(Self.broken, method: job.head.method, closes: true) ?? [], job.connection)
    }

    private func report(_ job: ListenerCore.Job, _ reason: String) {
        core.events.tell(
            .responseFailed(method: job.head.method, path: job.head.target.rawPath, reason: reason))
    }

    /// A whole response; nil when it cannot be sent.
    static func encode(_ response: ServerResponse, method: String, closes: Bool) -> [UInt8]? {
        let isHead = method == "HEAD"
        let mayHaveBody = response.status != 204 && response.status != 304
        switch response.body {
        case .none:
            return ResponseHead.encode(response, isHead || !mayHaveBody ? .none : .length(0), closes: closes)
        case .bytes(let bytes):
            guard mayHaveBody else { return ResponseHead.encode(response, .none, closes: closes) }
            let head = ResponseHead.encode(response, .length(Int64(bytes.count)), closes: closes)
            return isHead ? head : head.map { $0 + bytes }
        case .stream(let length, _):
            guard mayHaveBody, let length else { return ResponseHead.encode(response, .none, closes: closes) }
            return ResponseHead.encode(response, .length(length), closes: closes)
        }
    }

    static let busy: ServerResponse = {
        var response = ServerResponse.problem(503, "the server is busy")
        response.fields.append("Retry-After", "5")
        return response
    }()

    private static let broken = ServerResponse.problem(500, "the server failed")

    // MARK: Streamed bodies

    private func stream(
        _ response: ServerResponse, _ length: Int64?, _ body: (ResponseWriter) throws -> Void, _ job: ListenerCore.Job,
        closes: Bool
    ) {
        let (_, streams) = core.streams.add(1, ordering: .relaxed)
        defer { core.streams.subtract(1, ordering: .relaxed) }
        guard streams <= core.limits.streams else {
            send(Self.busy, job, closes: closes)
            return
        }
        let framing: ResponseHead.Framing =
            length.map { .length($0) } ?? (job.head.isHTTP10 ? .close : .chunked)
        guard let head = ResponseHead.encode(response, framing, closes: closes) else {
            fail(job, "its status is not one of 200 to 599, or a header field has a control character")
            return
        }
        let connection = job.connection
        let writer = ResponseWriter(connection.wire, core, head: head, framing)
        var reason: String?
        do {
            try body(writer)
            if try writer.finish() { return }
            reason = "its body has not the announced length"
        } catch is PeerGone {
            if writer.isTooLong { reason = "its body has not the announced length" }
        } catch {
            reason = "\(error)"
        }
        if let reason, !writer.hasBegun {
            fail(job, reason)
            return
        }
        if let reason { report(job, reason) }
        // Only a break tells the client that there is more to the body than it got.
        connection.wire.resetOnClose()
        connection.sequel = .close
    }
}
