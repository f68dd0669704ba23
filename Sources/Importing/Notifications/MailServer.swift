internal import Support

/// A mail server as other programs name it: `smtp://host:587?starttls=always`, `smtps://host`, or a host alone.
struct MailServer {
    /// The URL in this language, with the user's name.
    let url: String
    /// The word for `starttls`, where it is not what is usual.
    let startTLS: String?
    /// The user's name, when there is one.
    let user: String?

    init(_ text: String, user given: String?) {
        let lower = text.lowercased()
        var rest = text[...]
        var isImplicit = false
        var isTLS = false
        for (scheme, implicit, tls) in [("smtps://", true, false), ("smtp://", false, false), ("tls://", false, true)]
        where lower.hasPrefix(scheme) {
            rest = text.dropFirst(scheme.count)
            (isImplicit, isTLS) = (implicit, tls)
        }
        let query = rest.firstIndex(of: "?").map { rest[$0...].lowercased() } ?? ""
        var host = String(rest.prefix { $0 != "?" && $0 != "/" })
        if let at = host.lastIndex(of: "@") { host = String(host[host.index(after: at)...]) }
        if isTLS, !host.contains(":") { host += ":587" }
        user = given
        let prefix = given.map { "\(PercentEncoding.encode($0))@" } ?? ""
        url = "\(isImplicit ? "smtps" : "smtp")://\(prefix)\(host)"
        if isImplicit || isTLS || query.contains("starttls=always") {
            startTLS = nil
        } else {
            startTLS = query.contains("starttls=never") ? "off" : "opportunistic"
        }
    }
}
