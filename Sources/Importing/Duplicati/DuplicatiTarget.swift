internal import Secrets
internal import Support

/// Duplicati's target URL, kept as it is but for the credentials in it.
struct DuplicatiTarget {
    /// Schemes that log in with a user's name and a password, under Duplicati's own names.
    private static let withPassword: Set<String> = [
        "s3", "e2", "b2", "openstack", "azure", "webdav", "ftp", "aftp", "ssh", "smb", "cifs", "cos", "aliyunoss",
        "mega", "filen",
    ]
    private static let withAuthorization: Set<String> = [
        "googledrive", "onedrivev2", "sharepoint", "msgroup", "dropbox", "box", "jottacloud", "pcloud", "gcs",
    ]
    private static let passwordOptions: Set<String> = [
        "auth-password", "aws-secret-access-key", "aws_secret_access_key", "b2-applicationkey", "azure-access-key",
        "azure-access-sas-token", "openstack-apikey", "access_key_secret", "ssh-key", "ssh-keyfile", "cos-secret-key",
        "oss-access-key-secret", "api-key", "openstack-auth-token", "openstack-application-credential-secret",
    ]

    /// The URL with references in place of credentials.
    private(set) var url: DraftValue
    /// The scheme, in lower case.
    let scheme: String
    /// Which options the URL has.
    private(set) var names: Set<String> = []

    /// Whether a name is that of an option with a credential, or of who logs in.
    static func isCredential(_ name: String) -> Bool {
        let name = name.lowercased()
        return name == "auth-username" || passwordOptions.contains(name) && name != "ssh-keyfile"
            || CredentialNames.isCredential(name)
    }

    /// Takes a URL apart.
    /// - Parameters:
    ///   - text: the URL.
    ///   - secret: makes a secret of a credential, and returns its name.
    init(_ text: String, secret: (_ name: String, _ value: String) -> String) {
        guard let end = text.firstRange(of: "://") else {
            url = .text(text)
            scheme = "file"
            return
        }
        scheme = text[..<end.lowerBound].lowercased()
        let rest = text[end.upperBound...]
        let question = rest.firstIndex(of: "?") ?? rest.endIndex
        var result = Self.written(text[..<end.upperBound]) + Self.userInfo(rest[..<question], scheme, secret)
        if question < rest.endIndex {
            result += "?"
            let pairs = rest[rest.index(after: question)...].split(separator: "&", omittingEmptySubsequences: false)
            var written: [String] = []
            for pair in pairs {
                guard let equals = pair.firstIndex(of: "=") else {
                    written.append(Self.written(pair))
                    continue
                }
                let name = Self.decoded(pair[..<equals])
                names.insert(name.lowercased())
                let value = Self.decoded(pair[pair.index(after: equals)...])
                guard Self.isCredential(name), !value.isEmpty || name.lowercased() != "auth-username" else {
                    written.append(Self.written(pair))
                    continue
                }
                written.append("\(Self.written(pair[...equals]))${secret:\(secret(name.lowercased(), value))}")
            }
            result += written.joined(separator: "&")
        }
        url = .word(result)
    }

    /// What a URL of this scheme needs and neither the URL nor the options have.
    func missing(_ options: OptionBag) -> [String] {
        let names = names.union(options.names)
        var plain = scheme
        if plain != "s3", plain.hasSuffix("s"), Self.withPassword.contains(String(plain.dropLast())) {
            plain.removeLast()
        }
        if Self.withAuthorization.contains(plain) {
            let other: Set<String> = ["gcs-service-account-json", "gcs-service-account-file"]
            return names.contains("authid") || !names.isDisjoint(with: other) ? [] : ["authid"]
        }
        guard Self.withPassword.contains(plain), names.isDisjoint(with: Self.passwordOptions), !hasUserInfo else {
            return []
        }
        let hasUser =
            ["auth-username", "aws-access-key-id", "aws_access_key_id", "access_key_id", "b2-accountid"]
            .contains { names.contains($0) } || !names.isDisjoint(with: ["azure-account-name", "cos-secret-id"])
        return hasUser ? ["auth-password"] : ["auth-username", "auth-password"]
    }

    private var hasUserInfo: Bool {
        if case .word(let text) = url { text.contains("}@") } else { false }
    }

    // MARK: Parts

    /// The part before the query, whose password becomes a reference.
    private static func userInfo(
        _ text: Substring, _ scheme: String, _ secret: (String, String) -> String
    ) -> String {
        let authority = text.prefix { $0 != "/" }
        guard scheme != "file", let at = authority.lastIndex(of: "@"),
            let colon = authority[..<at].firstIndex(of: ":")
        else { return written(text) }
        let password = decoded(authority[authority.index(after: colon)..<at], plusIsSpace: false)
        return "\(written(text[...colon]))${secret:\(secret("password", password))}\(written(text[at...]))"
    }

    /// A part that is kept, in this language's notation.
    private static func written(_ text: some StringProtocol) -> String {
        Variables.unmarked(String(text)) { part in
            DraftWriter.escaped(part).replacing("{", with: "%7B").replacing("}", with: "%7D")
                .replacing(" ", with: "%20")
        }
    }

    private static func decoded(_ text: some StringProtocol, plusIsSpace: Bool = true) -> String {
        let text = plusIsSpace ? String(text).replacing("+", with: " ") : String(text)
        return String(decoding: PercentEncoding.decode(text), as: UTF8.self)
    }
}
