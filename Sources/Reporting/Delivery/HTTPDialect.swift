internal import JSON
internal import Support
internal import Transport

/// How the answers of a kind of receiver are to be read: some say no with a status of 200.
public enum HTTPDialect: Sendable, Hashable {
    /// By the status alone.
    case plain
    /// `OK (not found)` and `OK (rate limited)` are refusals.
    case healthchecks
    /// `{"ok": false}` is a refusal: Uptime Kuma and Telegram.
    case statusInBody
    /// How long to wait is in the body: Discord.
    case retryInBody
    /// 204 means that there is no such configuration: Apprise.
    case apprise

    /// How much of an answer is kept.
    private static let maximumAnswer = 500

    func judge(_ response: HTTPResponse, now: Timestamp) -> DeliveryAttempt {
        let text = String(decoding: response.body.prefix(4 * Self.maximumAnswer), as: UTF8.self)
        let answer = String(text.prefix(Self.maximumAnswer))
        let status = response.status
        func refused(_ why: String) -> DeliveryAttempt {
            DeliveryAttempt(.refused, "It was refused (HTTP \(status)): \(why).", answer: answer)
        }
        switch status {
        case 200..<300:
            switch self {
            case .healthchecks where text.contains("(not found)"):
                return refused("there is no such check; correct its URL, or have it made with `create: true`")
            case .healthchecks where text.contains("(rate limited)"):
                return DeliveryAttempt(
                    .postponed(asked: .seconds(60)), "The receiver has heard too much of late.", answer: answer)
            case .statusInBody where JSONValue.isNo(response.body):
                return refused("the receiver says that it is not in order; correct its URL or its token")
            case .apprise where status == 204:
                return refused("nothing is configured under this key")
            default: return DeliveryAttempt(.delivered, "It was delivered (HTTP \(status)).", answer: answer)
            }
        case 408, 429, 500...:
            return DeliveryAttempt(
                .postponed(asked: asked(response, now)),
                "It was not taken (HTTP \(status)). Check that the receiver is in order.", answer: answer)
        default: return refused("check its URL, its key and its rights")
        }
    }

    private func asked(_ response: HTTPResponse, _ now: Timestamp) -> Duration? {
        let header = response.retryAfter(now: now)
        let body = try? JSONValue(parsing: response.body)
        let seconds =
            switch self {
            case .retryInBody: body?["retry_after"]?.number
            case .statusInBody: body?["parameters"]?["retry_after"]?.number
            default: Double?.none
            }
        // Whoever asks for years gets a day, after which the report is given up anyway.
        let asked = seconds.flatMap { $0 > 0 ? Duration.milliseconds(Int64(min($0, 86_400) * 1000)) : nil }
        return [header, asked].compactMap { $0 }.max()
    }
}

extension JSONValue {
    fileprivate static func isNo(_ body: [UInt8]) -> Bool {
        guard let answer = try? JSONValue(parsing: body) else { return false }
        return answer["ok"]?.bool == false
    }
}
