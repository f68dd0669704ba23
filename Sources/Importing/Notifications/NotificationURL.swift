internal import Secrets

/// The addresses of services that are told of a backup.
enum NotificationURL {
    /// The URL as a value: itself, or a secret when knowing it is enough to use the service.
    /// - Parameters:
    ///   - text: the URL.
    ///   - name: what the secret is called.
    ///   - draft: where the secret goes.
    ///   - isSecret: whether it is one, whatever it looks like.
    /// - Returns: the URL, or a reference to the secret.
    static func value(
        _ text: String, _ name: String, _ draft: inout ConfigurationDraft, isSecret: Bool = false
    ) -> DraftValue {
        let url = text.trimmed
        guard isSecret || Self.isSecret(url) else { return .text(url.replacing(" ", with: "%20")) }
        return .secret(draft.add(secret: name, value: url, "address of a notification"))
    }

    /// Whether a URL has a credential in it, or a part that nobody could guess.
    static func isSecret(_ url: String) -> Bool {
        if !CredentialNames.ranges(inURL: url).isEmpty { return true }
        guard let scheme = url.firstRange(of: "://") else { return false }
        let rest = url[scheme.upperBound...]
        guard let slash = rest.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return false }
        let parts = rest[slash...].split { "/?&=:@".contains($0) }
        return parts.contains { part in
            // Words are read by people; identifiers and tokens have digits in between, and are long.
            let digits = part.count { $0.isNumber }
            return part.count >= 16 && digits >= 3 || part.count >= 32
        }
    }
}
