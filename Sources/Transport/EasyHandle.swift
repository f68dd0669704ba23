internal import CLibCurl

/// One libcurl handle with the connections, names and TLS sessions that it keeps.
final class EasyHandle: @unchecked Sendable {
    // The pool gives a handle to one caller at a time, under its lock.
    let raw: UnsafeMutableRawPointer

    /// Where libcurl writes its message; it has to outlive every call.
    private let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    init?() {
        guard Self.libraryStatus == CURLE_OK, let raw = curl_easy_init() else {
            message.deallocate()
            return nil
        }
        self.raw = raw
        reset()
    }

    deinit {
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
    }

    func set(_ option: CURLoption, _ value: Int) { _ = clibcurl_set_long(raw, option, value) }

    func set(_ option: CURLoption, _ value: String) { _ = clibcurl_set_string(raw, option, value) }

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
