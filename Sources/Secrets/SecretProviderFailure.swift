public import Support

/// Why a provider of secrets did not give one; never holds a value.
public struct SecretProviderFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong.
    public enum Cause: Sendable, Hashable {
        /// Something that the provider needs is not given; a sentence says what to do.
        case notConfigured(String, advice: String)
        /// What was asked for does not exist.
        case missing
        /// There is no such key in what was read; `similar` may have been meant.
        case keyMissing(String, similar: String?)
        /// What was read has several values, and no key says which.
        case keyNeeded
        /// The value under the key is a list or a mapping.
        case notSingle(String)
        /// There is a value, and it is empty.
        case empty
        /// The value is not UTF-8 text.
        case notText
        /// The value is larger than a secret can be.
        case tooLarge(limit: ByteCount)
        /// What was read cannot be understood; the words say why, without content.
        case malformed(String)
        /// The encrypted file's passphrase is another one.
        case wrongPassphrase
        /// The server does not know who asks, in its words.
        case rejected(String)
        /// The server knows who asks, and does not allow it, in its words.
        case forbidden(String)
        /// No answer came, in the words of the transport.
        case unreachable(String, isTransient: Bool)
        /// The server cannot answer now, in its words.
        case unavailable(status: Int, String)
        /// The server answered something unforeseen.
        case unexpected(status: Int, String)
        /// The program is not installed.
        case programMissing
        /// The program could not be started or heard.
        case notStarted(SystemError)
        /// The program ended with another status than 0; its last words, without what it wrote as a value.
        case failed(status: Int32, String)
        /// The program was ended by a signal.
        case killed(signal: Int32)
        /// It took too long.
        case timeout(Duration)
        /// The caller asked to stop.
        case cancelled
    }

    /// The provider, as people call it: `Vault`.
    public let provider: String
    /// Where the value was looked for, such as a path and a server; holds no credential.
    public let place: String
    /// What went wrong.
    public let cause: Cause

    /// A failure of a provider.
    public init(_ provider: String, _ place: String, _ cause: Cause) {
        self.provider = provider
        self.place = place
        self.cause = cause
    }

    /// Whether the same may succeed when it is tried again later.
    public var isTransient: Bool {
        switch cause {
        case .unreachable(_, let isTransient): isTransient
        case .unavailable, .timeout: true
        default: false
        }
    }

    /// A sentence with the cause and one with the remedy.
    public var description: String { "\(provider), \(place): \(reason). \(remedy)." }

    /// Why, as part of a sentence.
    var reason: String {
        switch cause {
        case .notConfigured(let what, _): what
        case .missing: "it does not exist there"
        case .keyMissing(let key, _): "there is no key `\(key)`"
        case .keyNeeded: "it holds several values"
        case .notSingle(let key): "the value of `\(key)` is a list or a mapping"
        case .empty: "the value is empty"
        case .notText: "the value is not UTF-8 text"
        case .tooLarge(let limit): "the value is larger than \(limit)"
        case .malformed(let words): "what was read cannot be understood: \(words)"
        case .wrongPassphrase: "the passphrase does not open it"
        case .rejected(let words): "the credentials were not accepted\(Self.quoted(words))"
        case .forbidden(let words): "access was denied\(Self.quoted(words))"
        case .unreachable(let words, _): "no answer came: \(words)"
        case .unavailable(let status, let words): "the server cannot answer now, status \(status)\(Self.quoted(words))"
        case .unexpected(let status, let words): "the server answered with status \(status)\(Self.quoted(words))"
        case .programMissing: "the program is not installed"
        case .notStarted(let error): "the program could not be run: \(error)"
        case .failed(let status, let words): "the program ended with status \(status)\(Self.quoted(words))"
        case .killed(let signal): "the program was ended by signal \(signal)"
        case .timeout(let limit): "it took longer than \(limit.components.seconds) s"
        case .cancelled: "the run was stopped"
        }
    }

    /// What to do, as a sentence without its period.
    var remedy: String {
        switch cause {
        case .notConfigured(_, let advice): advice
        case .missing: "Create it, or correct its name in the configuration"
        case .keyMissing(_, let similar?): "Did you mean `\(similar)`? Correct `key`"
        case .keyMissing: "Correct `key`, or add it there"
        case .keyNeeded: "Say with `key` which is meant"
        case .notSingle: "Write the path to a single value, such as `database.password`"
        case .empty: "Write the secret into it"
        case .notText: "Store the secret as text, for example in base64 if it is random bytes"
        case .tooLarge: "Check that it is the right one"
        case .malformed: "Check that it is what the configuration says"
        case .wrongPassphrase: "Correct the passphrase's reference, or encrypt the file again"
        case .rejected: "Check the credentials and whether they have expired"
        case .forbidden: "Allow this identity to read it"
        case .unreachable: "Check the address, and that the server can be reached from here"
        case .unavailable: "Try again later; the next run does"
        case .unexpected: "Check the address and the name"
        case .programMissing: "Install it, or correct its path"
        case .notStarted: "Check the program and its rights"
        case .failed, .killed: "Run the program by hand, as this user, to see why"
        case .timeout: "Check what it waits for, or give it more time with `timeout`"
        case .cancelled: "Run again to continue"
        }
    }

    private static func quoted(_ words: String) -> String { words.isEmpty ? "" : ": \(words)" }
}
