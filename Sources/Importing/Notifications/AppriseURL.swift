/// Addresses in Apprise's notation, as far as a report here can tell the same service.
enum AppriseURL {
    /// The report that an address stands for; `nil` when there is none.
    static func report(_ text: String, _ draft: inout ConfigurationDraft) -> DraftMapping? {
        guard let end = text.firstRange(of: "://") else { return nil }
        let scheme = text[..<end.lowerBound].lowercased()
        let rest = text[end.upperBound...].prefix { $0 != "?" }
        let parts = rest.split(separator: "/").map(String.init)
        switch scheme {
        case "ntfy", "ntfys":
            let host = parts.count > 1 ? parts[0] : "ntfy.sh"
            guard let topic = parts.last, !host.contains("@") else { return nil }
            let isPlain = scheme == "ntfy" && parts.count > 1
            let url = "\(isPlain ? "http" : "https")://\(host)/\(topic)"
            return DraftMapping([
                .init(key: "ntfy", value: .mapping(DraftMapping([.init(key: "url", value: .text(url))])))
            ])
        case "gotify", "gotifys":
            guard parts.count >= 2, let token = parts.last else { return nil }
            let name = draft.add(secret: "gotify_token", value: token, "token of the Gotify application")
            let gotify = DraftMapping([
                .init(
                    key: "url",
                    value: .text(
                        "\(scheme == "gotify" ? "http" : "https")://\(parts.dropLast().joined(separator: "/"))")),
                .init(key: "token", value: .secret(name)),
            ])
            return DraftMapping([.init(key: "gotify", value: .mapping(gotify))])
        case "discord" where parts.count == 2:
            return hidden("discord", "https://discord.com/api/webhooks/\(parts[0])/\(parts[1])", &draft)
        case "slack" where parts.count >= 3:
            return hidden("slack", "https://hooks.slack.com/services/\(parts.prefix(3).joined(separator: "/"))", &draft)
        case "tgram" where parts.count >= 2:
            let name = draft.add(secret: "telegram_token", value: parts[0], "token of the Telegram bot")
            let telegram = DraftMapping([
                .init(key: "token", value: .secret(name)), .init(key: "chat", value: .text(parts[1])),
            ])
            return DraftMapping([.init(key: "telegram", value: .mapping(telegram))])
        default: return nil
        }
    }

    private static func hidden(_ service: String, _ url: String, _ draft: inout ConfigurationDraft) -> DraftMapping {
        let name = draft.add(secret: "\(service)_url", value: url, "address of a webhook of \(service)")
        return DraftMapping([.init(key: service, value: .flow(("url", .secret(name))))])
    }
}
