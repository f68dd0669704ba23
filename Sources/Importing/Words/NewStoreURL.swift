internal import Support

/// A place beside another program's repository, for a store of this one.
enum NewStoreURL {
    /// The path of a new store for each job, beside that of a repository.
    static func path(beside path: String) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return "\(path)-dunnage/{job}"
    }

    /// A path in a URL, with its slash; blanks and braces are escaped.
    static func escaped(_ path: String) -> String {
        path.replacing("%", with: "%25").replacing(" ", with: "%20").replacing("?", with: "%3F")
            .replacing("#", with: "%23").replacing("+", with: "%2B")
    }

    /// The address of a host that is reached by SSH: `user@host:port/path`.
    /// - Returns: the URL without the user, and the user's name.
    static func ssh(_ authority: String, path: String) -> (url: String, user: String?) {
        let parts = authority.split(separator: "@", maxSplits: 1)
        let host = parts.last.map(String.init) ?? authority
        let user = parts.count == 2 ? String(parts[0]) : nil
        let absolute = path.hasPrefix("/") ? path : "/\(path)"
        return ("ssh://\(host)\(escaped(NewStoreURL.path(beside: absolute)))", user)
    }
}
