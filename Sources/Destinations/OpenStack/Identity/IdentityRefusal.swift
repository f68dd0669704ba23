/// Why there is no login: what a person needs to know of it, never a secret.
struct IdentityRefusal: Error, Sendable, Hashable {
    /// What a caller may do about it.
    var kind: DestinationError.Kind

    /// Why, without a final full stop.
    var detail: String

    /// What to do, as whole sentences.
    var advice: String?

    /// How long to wait at least, if the server said so.
    var retryAfter: Duration?

    /// Whether no answer came at all.
    var isOfConnection = false

    init(_ kind: DestinationError.Kind, _ detail: String, advice: String? = nil, retryAfter: Duration? = nil) {
        self.kind = kind
        self.detail = detail
        self.advice = advice
        self.retryAfter = retryAfter
    }

    /// Whether the same may succeed later.
    var isPassing: Bool { kind == .transient || kind == .throttled || kind == .cancelled }

    /// The error of an operation that needed the login.
    func error(
        _ operation: DestinationError.Operation, object: String? = nil, at destination: String
    ) -> DestinationError {
        var error = DestinationError(
            kind, operation, object: object, at: destination, detail: detail, advice: advice, retryAfter: retryAfter)
        error.isOfConnection = isOfConnection
        return error
    }
}
