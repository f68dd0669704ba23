internal import CLibCurl

/// Scheme, host and port of a URL: what may be shown of it, and what decides whether a redirect is followed.
struct WebOrigin: Equatable, CustomStringConvertible {
    let scheme: String
    let host: String
    let port: String

    /// Parses an `http` or `https` URL; nil for anything else.
    init?(of url: String) {
        guard !url.utf8.contains(0), let parts = curl_url() else { return nil }
        defer { curl_url_cleanup(parts) }
        guard curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK,
            let scheme = Self.part(CURLUPART_SCHEME, of: parts), scheme == "http" || scheme == "https",
            let host = Self.part(CURLUPART_HOST, of: parts),
            let port = Self.part(CURLUPART_PORT, of: parts)
        else { return nil }
        self.scheme = scheme
        self.host = host.lowercased()
        self.port = port
    }

    var description: String { "\(scheme)://\(host):\(port)" }

    /// Whether a redirect from here to there may be followed: the same origin, or the same host with TLS.
    func allowsRedirect(to other: WebOrigin) -> Bool {
        self == other || (host == other.host && scheme == "http" && other.scheme == "https")
    }

    private static func part(_ part: CURLUPart, of parts: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(parts, part, &text, UInt32(CURLU_DEFAULT_PORT)) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
