internal import Destinations
internal import Secrets
internal import Support

/// A store's URL and options taken apart, with the secrets in them still open.
struct StoreAddress {
    /// What the URL begins with.
    let scheme: String
    /// Host and path.
    let path: Template
    /// Options by the names that URLs have, the URL's own among them.
    let options: [String: Template]
    /// Who logs in.
    let user: Template?
    /// With what.
    let password: Template?

    /// Takes a URL apart.
    /// - Returns: nil when the URL as a whole is a secret, or none at all.
    init?(_ url: Template, _ given: [RecoveryKit.Setting]) {
        // A secret may have any text, and must not be taken apart: a character that no URL has stands for it.
        let references = url.references
        var count = 0
        let text = url.pieces.map { piece -> String in
            guard case .secret = piece else { return if case .text(let text) = piece { text } else { "" } }
            defer { count += 1 }
            return String(Self.mark(count))
        }.joined()
        guard let parsed = try? DestinationURL(parsing: text), parsed.scheme.allSatisfy(\.isASCII),
            text.unicodeScalars.first.map({ $0.value < Self.firstMark }) ?? false
        else { return nil }
        func template(_ text: String) -> Template {
            Template(
                text.unicodeScalars.map { scalar in
                    let index = Int(scalar.value) - Int(Self.firstMark)
                    return references.indices.contains(index) ? .secret(references[index]) : .text(String(scalar))
                })
        }
        var options: [String: Template] = [:]
        for setting in given {
            options[DestinationRegistry.optionName(setting.name, scheme: parsed.scheme)] = setting.value
        }
        for item in parsed.query where !item.name.isEmpty { options[item.name.lowercased()] = template(item.value) }
        scheme = parsed.scheme
        path = template(parsed.hostAndPath)
        user = Self.users.lazy.compactMap { options[$0] }.first ?? parsed.user.map(template)
        password = Self.passwords.lazy.compactMap { options[$0] }.first ?? parsed.password.map { template($0.reveal()) }
        self.options = options
    }

    /// Where the login comes from when neither URL nor options have it.
    var surroundings: RecoveryKit.Surroundings? {
        switch scheme {
        case "s3", "s3s": password == nil ? .aws : nil
        case "openstack", "swift", "cloudfiles":
            password == nil && !options.keys.contains { Self.openStackSecrets.contains($0) } ? .openStack : nil
        default: nil
        }
    }

    private static let firstMark: UInt32 = 0xE000
    private static func mark(_ index: Int) -> Character {
        Character(Unicode.Scalar(firstMark + UInt32(index % 0x1800)) ?? "?")
    }

    private static let openStackSecrets: Set<String> = [
        "openstack-application-credential-secret", "openstack-apikey", "openstack-auth-token", "cloudfiles-accesskey",
    ]

    /// The names by which options say who logs in.
    static let users = [
        "aws-access-key-id", "aws_access_key_id", "access_key_id", "oss-access-key-id", "oos-access-key-id",
        "cos-secret-id", "auth-username",
    ]
    /// And with what.
    static let passwords = [
        "aws-secret-access-key", "aws_secret_access_key", "access_key_secret", "oss-access-key-secret",
        "oos-access-key-secret", "cos-secret-key", "auth-password",
    ]
}
