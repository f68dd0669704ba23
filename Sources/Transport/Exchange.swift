internal import CLibCurl

/// What libcurl's callbacks know of the one exchange that is under way.
///
/// It stays on the calling thread: libcurl calls back from within `curl_easy_perform` only.
final class Exchange {
    private(set) var headers = HTTPHeaders()
    private(set) var body: [UInt8] = []

    /// Why a callback stopped the exchange, if one did.
    private(set) var failure: TransportError.Kind?

    private(set) var phase = TransportPhase.connecting

    private let request: HTTPRequest
    private let cancellation: CancellationFlag?
    private var lastMove = ContinuousClock.now
    private var bytesMoved: Int64 = 0

    init(_ request: HTTPRequest, _ cancellation: CancellationFlag?) {
        self.request = request
        self.cancellation = cancellation
    }

    /// Registers the callbacks; the exchange has to outlive the request.
    func attach(to handle: EasyHandle) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        _ = clibcurl_set_data_callback(handle.raw, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            Exchange.from(context).takeHeader(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        _ = clibcurl_set_pointer(handle.raw, CURLOPT_HEADERDATA, context)
        _ = clibcurl_set_data_callback(handle.raw, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            Exchange.from(context).takeBody(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        _ = clibcurl_set_pointer(handle.raw, CURLOPT_WRITEDATA, context)
        _ = clibcurl_set_progress_callback(handle.raw) { context, _, downloaded, _, uploaded in
            Exchange.from(context).mayContinue(downloaded: Int64(downloaded), uploaded: Int64(uploaded)) ? 0 : 1
        }
        _ = clibcurl_set_pointer(handle.raw, CURLOPT_XFERINFODATA, context)
        _ = clibcurl_set_connected_callback(handle.raw) { context, _, _, _, _ in
            Exchange.from(context).becomeConnected()
            return CURL_PREREQFUNC_OK
        }
        _ = clibcurl_set_pointer(handle.raw, CURLOPT_PREREQDATA, context)
        handle.set(CURLOPT_NOPROGRESS, 0)
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> Exchange {
        guard let context else { preconditionFailure("libcurl lost the context of its callbacks") }
        return Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
    }

    private func becomeConnected() {
        phase = request.body.isEmpty ? .waiting : .sending
        lastMove = .now
    }

    private func takeHeader(_ line: UnsafeRawBufferPointer) -> Int {
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            // A further response follows an interim one, such as 100 Continue.
            headers = HTTPHeaders()
            phase = .receiving
        } else if let colon = text.firstIndex(of: ":") {
            headers.append(String(text[..<colon]), text[text.index(after: colon)...].trimmed)
        }
        return line.count
    }

    private func takeBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard body.count + bytes.count <= request.maximumResponseBytes else {
            failure = .responseTooLarge(limit: request.maximumResponseBytes)
            return 0
        }
        body.append(contentsOf: bytes)
        return bytes.count
    }

    private func mayContinue(downloaded: Int64, uploaded: Int64) -> Bool {
        if cancellation?.isCancelled == true || Task.isCancelled {
            failure = .cancelled
            return false
        }
        if phase == .sending, uploaded >= Int64(request.body.count) { phase = .waiting }
        if downloaded + uploaded != bytesMoved {
            bytesMoved = downloaded + uploaded
            lastMove = .now
        }
        guard let limit, ContinuousClock.now - lastMove > limit else { return true }
        failure = .timeout(phase)
        return false
    }

    /// How long the current phase may go on without a byte; libcurl itself watches over the connection's.
    private var limit: Duration? {
        switch phase {
        case .connecting, .whole: nil
        case .waiting: request.timeouts.firstByte
        case .sending, .receiving: request.timeouts.idle
        }
    }
}

extension Substring {
    /// The text without blanks and line ends around it.
    fileprivate var trimmed: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0.isNewline }
        var rest = drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return String(rest)
    }
}
