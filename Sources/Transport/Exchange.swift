internal import CLibCurl
internal import Support

/// What libcurl's callbacks know of the one exchange that is under way.
///
/// It stays on the calling thread: libcurl calls back from within the call that performs the request only.
final class Exchange {
    private(set) var headers = HTTPHeaders()
    private(set) var body: [UInt8] = []

    /// Why a callback stopped the exchange, if one did.
    private(set) var failure: TransportError.Kind?

    private(set) var phase = TransportPhase.connecting

    private let request: HTTPRequest
    private let settings: TransportSettings
    private let sink: (any ResponseSink)?
    private let cancellation: CancellationFlag?
    private var lastMove = ContinuousClock.now
    private var bytesMoved: Int64 = 0
    private var status = 0
    private var sinkHasBegun = false
    private var upload: UploadSource?

    init(
        _ request: HTTPRequest, _ settings: TransportSettings, _ sink: (any ResponseSink)?,
        _ cancellation: CancellationFlag?
    ) {
        self.request = request
        self.settings = settings
        self.sink = sink
        self.cancellation = cancellation
    }

    /// Opens the file that is to be sent, if there is one.
    func open() throws(SystemError) {
        if let slice = request.file { upload = try UploadSource(slice) }
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
        if upload != nil {
            _ = clibcurl_set_data_callback(handle.raw, CURLOPT_READFUNCTION) { bytes, size, count, context in
                Exchange.from(context).giveBody(UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
            }
            _ = clibcurl_set_pointer(handle.raw, CURLOPT_READDATA, context)
            _ = clibcurl_set_seek_callback(handle.raw) { context, offset, origin in
                origin == 0 && Exchange.from(context).rewind(to: Int64(offset))
                    ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
            }
            _ = clibcurl_set_pointer(handle.raw, CURLOPT_SEEKDATA, context)
        }
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
        phase = request.bodyCount == 0 ? .waiting : .sending
        lastMove = .now
    }

    private var isCancelled: Bool { cancellation?.isCancelled == true || Task.isCancelled }

    // MARK: What is sent

    private func giveBody(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard let upload else { return 0 }
        let most = min(buffer.count, settings.uploads?.largestStep ?? .max)
        do throws(UploadSource.Failure) {
            let count = try upload.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<most]))
            settings.uploads?.spend(count) { isCancelled }
            lastMove = .now
            return count
        } catch {
            failure =
                switch error {
                case .file(let error): .localFile(error)
                case .tooShort: .sourceTooShort
                }
            return Int(CURL_READFUNC_ABORT)
        }
    }

    private func rewind(to offset: Int64) -> Bool {
        guard let upload, offset >= 0 else { return false }
        upload.position = offset
        return true
    }

    // MARK: What is received

    private func takeHeader(_ line: UnsafeRawBufferPointer) -> Int {
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            // A further response follows an interim one, such as 100 Continue.
            headers = HTTPHeaders()
            status = text.split(separator: " ").dropFirst().first.flatMap { Int($0.prefix(3)) } ?? 0
            if status >= 200 || isSwitched {
                phase = .receiving
                // The server may have thought for longer than a transfer may be silent.
                lastMove = .now
            }
        } else if let colon = text.firstIndex(of: ":") {
            headers.append(String(text[..<colon]), text[text.index(after: colon)...].trimmed)
        }
        return line.count
    }

    /// Whether the server has switched protocols, as it was allowed to.
    private var isSwitched: Bool { request.isUpgrade && status == 101 }

    private var isForSink: Bool { (200..<300).contains(status) || isSwitched }

    private func takeBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        if let sink, isForSink { return give(bytes, to: sink) }
        guard body.count + bytes.count <= request.maximumResponseBytes else {
            failure = .responseTooLarge(limit: request.maximumResponseBytes)
            return 0
        }
        body.append(contentsOf: bytes)
        return bytes.count
    }

    private func give(_ bytes: UnsafeRawBufferPointer, to sink: any ResponseSink) -> Int {
        do throws(SystemError) {
            try beginSink()
            try sink.write(bytes)
        } catch {
            failure = .localFile(error)
            return 0
        }
        settings.downloads?.spend(bytes.count) { isCancelled }
        lastMove = .now
        return bytes.count
    }

    private func beginSink() throws(SystemError) {
        guard let sink, !sinkHasBegun, isForSink else { return }
        sinkHasBegun = true
        try sink.begin(HTTPResponse(status: status, headers: headers, body: []))
    }

    /// Tells the sink that the response is complete, and of one without any body that it began.
    func finish() throws(SystemError) {
        try beginSink()
        if sinkHasBegun { try sink?.end() }
    }

    // MARK: Going on

    /// Whether nothing speaks against going on: asked several times a second, also while nothing moves.
    func mayContinue() -> Bool { mayContinue(moved: bytesMoved) }

    private func mayContinue(downloaded: Int64, uploaded: Int64) -> Bool {
        if phase == .sending, uploaded >= request.bodyCount { phase = .waiting }
        return mayContinue(moved: downloaded + uploaded)
    }

    private func mayContinue(moved: Int64) -> Bool {
        if isCancelled {
            failure = .cancelled
            return false
        }
        if moved != bytesMoved {
            bytesMoved = moved
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
