internal import CLibCurl

/// One libcurl handle with the connections, names and TLS sessions that it keeps.
final class EasyHandle: @unchecked Sendable {
    // The pool gives a handle to one caller at a time, under its lock.
    let raw: UnsafeMutableRawPointer

    /// Drives the handle and keeps its connections.
    private let multi: UnsafeMutableRawPointer

    /// Where libcurl writes its message; it has to outlive every call.
    private let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    /// The certificate that was seen last; the TLS contexts of kept connections point to it.
    let certificate = SeenCertificate()

    init?() {
        guard Self.libraryStatus == CURLE_OK, let raw = curl_easy_init() else {
            message.deallocate()
            return nil
        }
        guard let multi = curl_multi_init() else {
            curl_easy_cleanup(raw)
            message.deallocate()
            return nil
        }
        self.raw = raw
        self.multi = multi
        reset()
    }

    deinit {
        curl_multi_cleanup(multi)
        curl_easy_cleanup(raw)
        message.deallocate()
    }

    /// Forgets every option of the last request and keeps the connections.
    func reset() {
        curl_easy_reset(raw)
        message.pointee = 0
        _ = clibcurl_set_pointer(raw, CURLOPT_ERRORBUFFER, message)
        // Signals belong to the process, and libcurl's would end other threads' system calls.
        set(CURLOPT_NOSIGNAL, 1)
        // A thread that still resolves a name is not waited for.
        set(CURLOPT_QUICK_EXIT, 1)
    }

    func set(_ option: CURLoption, _ value: Int) { _ = clibcurl_set_long(raw, option, value) }

    func set(_ option: CURLoption, _ value: String) { _ = clibcurl_set_string(raw, option, value) }

    /// Does what the options say; `mayContinue` is asked several times a second.
    ///
    /// `done` is called when all went well, while the connection is still the handle's.
    func perform(_ mayContinue: () -> Bool, done: () -> Void = {}) -> CURLcode {
        guard curl_multi_add_handle(multi, raw) == CURLM_OK else { return CURLE_FAILED_INIT }
        defer { curl_multi_remove_handle(multi, raw) }
        var running: Int32 = 0
        while true {
            guard curl_multi_perform(multi, &running) == CURLM_OK else { return CURLE_FAILED_INIT }
            var code = CURLE_OK
            if clibcurl_take_result(multi, &code) != 0 {
                if code == CURLE_OK { done() }
                return code
            }
            guard running > 0 else { return CURLE_FAILED_INIT }
            guard mayContinue() else { return CURLE_ABORTED_BY_CALLBACK }
            guard curl_multi_poll(multi, nil, 0, 200, nil) == CURLM_OK else { return CURLE_FAILED_INIT }
        }
    }

    /// The library's words for what just failed, without any URL.
    func words(for code: CURLcode) -> String {
        let text = String(cString: message)
        // A message with a URL in it might show a proxy's password.
        if text.isEmpty || text.contains("://") { return String(cString: curl_easy_strerror(code)) }
        return text
    }

    var status: Int {
        var status = 0
        _ = clibcurl_get_long(raw, CURLINFO_RESPONSE_CODE, &status)
        return status
    }

    /// The absolute URL that the response redirects to.
    var redirectTarget: String? {
        var text: UnsafePointer<CChar>?
        _ = clibcurl_get_string(raw, CURLINFO_REDIRECT_URL, &text)
        return text.map { String(cString: $0) }
    }

    /// The library is initialised once in a process, before its first handle.
    private static let libraryStatus = curl_global_init(Int(CURL_GLOBAL_SSL | CURL_GLOBAL_WIN32))
}
