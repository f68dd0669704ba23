internal import Configuration
internal import Cryptography
internal import Secrets
internal import Support
internal import Synchronization

/// The tokens that are accepted, as hashes: the tokens themselves are not kept.
final class TokenBook: Sendable {
    /// A token that is too short to be one.
    static let shortest = 16

    private struct Entry: Sendable {
        let token: APISettings.Token
        let digest: [UInt8]
    }

    private let entries = Mutex<[Entry]>([])

    /// Who has a token; takes as long for a wrong one as for any.
    func owner(of token: some Sequence<UInt8>) -> Caller? {
        let digest = Self.digest(Array(token))
        var found: APISettings.Token?
        for entry in entries.withLock({ $0 }) {
            var difference: UInt8 = 0
            for (a, b) in zip(entry.digest, digest) { difference |= a ^ b }
            if difference == 0 { found = entry.token }
        }
        return found.map { Caller(name: $0.name, scope: $0.scope) }
    }

    /// Whether there is any.
    var isEmpty: Bool { entries.withLock { $0.isEmpty } }

    /// Takes over the tokens of a configuration; one that cannot be had now is kept as it was, as long as it stands
    /// there unchanged.
    /// - Parameters:
    ///   - tokens: what the configuration says.
    ///   - secrets: has their values.
    /// - Returns: what is wrong with some, in words.
    func take(_ tokens: [APISettings.Token], _ secrets: SecretStore) -> [String] {
        var problems: [String] = []
        let old = entries.withLock { $0 }
        let new = tokens.compactMap { token -> Entry? in
            do throws(SecretError) {
                let secret = try secrets.secret(token.secret)
                guard secret.count >= Self.shortest else {
                    problems.append(
                        "The token of “\(token.name)” has less than \(Self.shortest) characters and is not accepted. "
                            + "Make one with `openssl rand -hex 32`.")
                    return nil
                }
                return Entry(token: token, digest: secret.withBytes { Self.digest(Array($0)) })
            } catch {
                let known = old.first { $0.token == token }
                problems.append(
                    "The token of “\(token.name)” cannot be had\(known == nil ? "" : "; the one before is accepted"): "
                        + "\(error)")
                return known
            }
        }
        entries.withLock { $0 = new }
        return problems
    }

    private static func digest(_ bytes: [UInt8]) -> [UInt8] { Array(HashContext(.sha256).hash(bytes).bytes) }
}
