internal import Transport

/// A conversation with an XMPP server that came to no good end.
struct XMPPFailure: Error {
    /// Whether the message may be taken later, will never be, or nobody wants to know any more.
    let outcome: DeliveryAttempt.Outcome
    /// One sentence of cause and one of remedy.
    let detail: String
    /// What the server said, where it said something.
    var answer = ""

    /// A failure that time may heal.
    static func later(_ detail: String, answer: String = "") -> XMPPFailure {
        XMPPFailure(outcome: .postponed(asked: nil), detail: detail, answer: answer)
    }

    /// A failure that somebody has to do something about.
    static func never(_ detail: String, answer: String = "") -> XMPPFailure {
        XMPPFailure(outcome: .refused, detail: detail, answer: answer)
    }

    init(outcome: DeliveryAttempt.Outcome, detail: String, answer: String = "") {
        self.outcome = outcome
        self.detail = detail
        self.answer = answer
    }

    init(_ error: TransportError) {
        let attempt = DeliveryAttempt(error)
        self.init(outcome: attempt.outcome, detail: attempt.detail)
    }

    /// What went wrong, as the outcome of an attempt.
    var attempt: DeliveryAttempt { DeliveryAttempt(outcome, detail, answer: answer) }
}
