internal import Support

/// restic's repositories, as places for a new store beside them.
enum ResticRepository {
    /// A destination, with the environment variables that its credentials were in.
    struct Place {
        var url: DraftValue
        var options = DraftMapping()
        /// The option, the variable, and what it is.
        var credentials: [(option: String, variable: String, purpose: String)] = []
        let name: String
    }

    /// The place of a repository; `nil` when nothing here can store there.
    static func place(_ text: String) -> Place? {
        let kind = text.prefix { $0 != ":" }
        guard kind.count < text.count, !text.hasPrefix("/"), !text.hasPrefix("~") else { return folder(text) }
        let rest = String(text.dropFirst(kind.count + 1))
        switch kind {
        case "local": return folder(rest)
        case "s3": return s3(rest)
        case "sftp": return sftp(rest)
        case "b2": return bucket("b2", rest, ("auth-username", "B2_ACCOUNT_ID"), ("auth-password", "B2_ACCOUNT_KEY"))
        case "azure":
            return bucket(
                "azure", rest, ("auth-username", "AZURE_ACCOUNT_NAME"), ("auth-password", "AZURE_ACCOUNT_KEY"))
        case "gs": return bucket("gcs", rest, ("gcs-service-account-file", "GOOGLE_APPLICATION_CREDENTIALS"))
        case "swift":
            return bucket("openstack", rest, ("auth-username", "OS_USERNAME"), ("auth-password", "OS_PASSWORD"))
        case "rclone":
            let path = rest.replacing(":", with: "/")
            return Place(
                url: Variables.written("rclone://\(NewStoreURL.escaped(NewStoreURL.path(beside: path)))"),
                name: "rclone")
        default: return nil
        }
    }

    private static func folder(_ path: String) -> Place? {
        var path = path.hasPrefix("file://") ? String(path.dropFirst(7)) : path
        if path.hasPrefix("~/") { path = "${HOME}\(path.dropFirst())" }
        guard path.hasPrefix("/") || path.hasPrefix("${") else { return nil }
        return Place(
            url: Variables.written("file://\(NewStoreURL.escaped(NewStoreURL.path(beside: path)))"), name: "folder")
    }

    private static func s3(_ text: String) -> Place? {
        var rest = text[...]
        var isPlain = false
        for (scheme, plain) in [("https://", false), ("http://", true)] where rest.hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
            isPlain = plain
        }
        let parts = rest.split(separator: "/").map(String.init)
        guard parts.count >= 2 else { return nil }
        let server = parts[0]
        let prefix = parts.count > 2 ? parts[2...].joined(separator: "/") + "-dunnage" : "dunnage"
        var place = Place(url: Variables.written("s3://\(parts[1])/\(NewStoreURL.escaped(prefix))/{job}"), name: "s3")
        if server != "s3.amazonaws.com" { place.options["s3-server-name"] = .text(server) }
        place.options["use-ssl"] = .word(isPlain ? "false" : "true")
        place.credentials = [
            ("auth-username", "AWS_ACCESS_KEY_ID", "access key of S3"),
            ("auth-password", "AWS_SECRET_ACCESS_KEY", "secret key of S3"),
        ]
        return place
    }

    private static func sftp(_ text: String) -> Place? {
        var authority: String
        var path: String
        if text.hasPrefix("//") {
            let rest = text.dropFirst(2)
            authority = String(rest.prefix { $0 != "/" })
            path = String(rest.dropFirst(authority.count + 1))
        } else {
            guard let colon = text.firstIndex(of: ":") else { return nil }
            authority = String(text[..<colon])
            path = String(text[text.index(after: colon)...])
        }
        let isRelative = !path.hasPrefix("/")
        if authority.hasSuffix(":22") { authority = String(authority.dropLast(3)) }
        let (url, user) = NewStoreURL.ssh(authority, path: path)
        var place = Place(url: Variables.written(url), name: "ssh")
        if let user { place.options["auth-username"] = .text(user) }
        if isRelative { place.options["ssh-relative-path"] = .word("true") }
        return place
    }

    private static func bucket(_ scheme: String, _ text: String, _ variables: (String, String)...) -> Place? {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard let bucket = parts.first else { return nil }
        let path = parts.count > 1 ? parts[1].split(separator: "/").joined(separator: "/") : ""
        let prefix = path.isEmpty ? "dunnage" : "\(path)-dunnage"
        var place = Place(
            url: Variables.written("\(scheme)://\(bucket)/\(NewStoreURL.escaped(prefix))/{job}"), name: scheme)
        place.credentials = variables.map { ($0.0, $0.1, "\($0.1) of \(scheme)://") }
        return place
    }
}
