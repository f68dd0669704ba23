internal import Configuration

/// Whether a service is called by a name that is its own.
///
/// A page of a browser may have its own name lead to an address of this machine. Its requests then carry that name, and
/// are refused; addresses and `localhost` cannot be made to lead elsewhere.
enum HostCheck {
    /// - Parameters:
    ///   - host: what was asked for, in lower case and without a port; nil when nothing was said.
    ///   - settings: the names that are allowed.
    /// - Returns: whether it is.
    static func allows(_ host: String?, _ settings: APISettings) -> Bool {
        guard var host else { return false }
        if host.hasSuffix("."), host.count > 1 { host.removeLast() }
        return host == "localhost" || isAddress(host) || settings.hosts.contains(host)
    }

    private static func isAddress(_ host: String) -> Bool {
        if host.contains(":") { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                !part.isEmpty && part.utf8.count <= 3 && part.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
            }
    }
}
