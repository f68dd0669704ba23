internal import JSON
internal import Support

/// What a provider may use while it fetches one secret.
struct SecretSession {
    /// The secret's name, for errors.
    let name: String
    /// The program and the surroundings.
    let surroundings: SecretSurroundings
    /// Hides values and tokens from now on.
    let mask: SecretMask
    /// The logins of the store, by server.
    let tokens: TokenCache
    /// The HTTP clients of the store.
    let clients: HTTPClients
    /// The AWS credentials of the store.
    let aws: AWSLogins
    /// Copies of values for the case that a provider cannot be reached.
    let copies: SecretCopies
    /// The value of another secret that this one needs.
    let resolve: (SecretReference) throws(SecretError) -> Secret

    /// A variable of the environment that holds something.
    func variable(_ name: String) -> String? {
        surroundings.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The error for a failure of a provider.
    func failure(_ provider: String, _ place: String, _ cause: SecretProviderFailure.Cause) -> SecretError {
        SecretError(name, .provider(SecretProviderFailure(provider, place, cause)))
    }

    /// The text without one newline at its end, as a secret that is hidden from now on.
    func value(
        _ bytes: inout [UInt8], _ provider: String, _ place: String
    ) throws(SecretError) -> Secret {
        defer { bytes.withUnsafeMutableBytes { if let base = $0.baseAddress { wipe(base, $0.count) } } }
        guard bytes.count <= SecretFile.limit else {
            throw failure(provider, place, .tooLarge(limit: ByteCount(Int64(SecretFile.limit))))
        }
        guard let secret = bytes.withUnsafeBytes({ SecretText.secret($0) }) else {
            throw failure(provider, place, .notText)
        }
        guard !secret.isEmpty else { throw failure(provider, place, .empty) }
        return secret
    }

    /// A text as a secret, as ``value(_:_:_:)`` of bytes.
    func value(_ text: String, _ provider: String, _ place: String) throws(SecretError) -> Secret {
        var bytes = Array(text.utf8)
        return try value(&bytes, provider, place)
    }
}

/// A secret's text as it stands in files and answers.
enum SecretText {
    /// The text without one newline at its end; nil when it is not UTF-8.
    static func secret(_ bytes: UnsafeRawBufferPointer) -> Secret? {
        var text = bytes[...]
        if text.last == UInt8(ascii: "\n") {
            text = text.dropLast()
            if text.last == UInt8(ascii: "\r") { text = text.dropLast() }
        }
        let content = UnsafeRawBufferPointer(rebasing: text)
        guard UTF8Validation.isValid(content) else { return nil }
        return Secret(content)
    }
}
