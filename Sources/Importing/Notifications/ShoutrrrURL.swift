internal import Support

/// Addresses in the notation of shoutrrr: `ntfy://host/topic`, `smtp://user:password@host/?from=…&to=…`.
enum ShoutrrrURL {
    /// The report that an address stands for; `nil`, with a note, when there is none.
    static func report(_ text: String, _ draft: inout ConfigurationDraft) -> (name: String, mapping: DraftMapping)? {
        guard let end = text.firstRange(of: "://") else {
            draft.dropped("notification URL", "it has no scheme")
            return nil
        }
        let scheme = text[..<end.lowerBound].lowercased()
        let parts = Parts(text[end.upperBound...])
        let mapping: DraftMapping?
        switch scheme {
        case "smtp": mapping = mail(parts, &draft)
        case "ntfy": mapping = ntfy(parts, &draft)
        case "gotify": mapping = gotify(parts, &draft)
        case "discord":
            let url = "https://discord.com/api/webhooks/\(parts.host)/\(parts.user)"
            mapping = hidden("discord", url, "discord_url", "address of a Discord webhook", &draft)
        case "slack": mapping = slack(parts, &draft)
        case "telegram": mapping = telegram(parts, &draft)
        case "generic", "generic+https", "generic+http":
            let isPlain = scheme == "generic+http" || parts.query["disabletls"]?.lowercased() == "yes"
            let url = "\(isPlain ? "http" : "https")://\(parts.host)\(parts.path)"
            let value = NotificationURL.value(url, "report_url", &draft)
            mapping = DraftMapping([
                .init(key: "webhook", value: .mapping(DraftMapping([.init(key: "url", value: value)])))
            ])
        default: mapping = nil
        }
        guard let mapping else {
            draft.dropped(
                "notification \(scheme)://", "it cannot be told directly; an Apprise API (`apprise`) passes on to it")
            return nil
        }
        return (scheme == "smtp" ? "email" : scheme.hasPrefix("generic") ? "webhook" : scheme, mapping)
    }

    private struct Parts {
        var user = ""
        var password: String?
        var host = ""
        var path = ""
        var query: [String: String] = [:]

        init(_ text: Substring) {
            var rest = text
            if let question = rest.firstIndex(of: "?") {
                for pair in rest[rest.index(after: question)...].split(separator: "&") {
                    let sides = pair.split(separator: "=", maxSplits: 1)
                    guard sides.count == 2 else { continue }
                    query[sides[0].lowercased()] = Self.decoded(sides[1].replacing("+", with: " "))
                }
                rest = rest[..<question]
            }
            let authority = rest.prefix { $0 != "/" }
            path = String(rest.dropFirst(authority.count))
            host = String(authority)
            if let at = authority.lastIndex(of: "@") {
                host = String(authority[authority.index(after: at)...])
                let info = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                user = Self.decoded(info[0])
                if info.count == 2 { password = Self.decoded(info[1]) }
            }
        }

        private static func decoded(_ text: some StringProtocol) -> String {
            String(decoding: PercentEncoding.decode(text), as: UTF8.self)
        }
    }

    private static func hidden(
        _ key: String, _ url: String, _ name: String, _ purpose: String, _ draft: inout ConfigurationDraft
    ) -> DraftMapping {
        let secret = draft.add(secret: name, value: url, purpose)
        return DraftMapping([.init(key: key, value: .flow(("url", .secret(secret))))])
    }

    private static func mail(_ parts: Parts, _ draft: inout ConfigurationDraft) -> DraftMapping? {
        let from = parts.query["from"] ?? parts.query["fromaddress"] ?? ""
        let to = (parts.query["to"] ?? parts.query["toaddresses"] ?? "").split(separator: ",").map { $0.trimmed }
        guard from.contains("@"), !to.isEmpty else { return nil }
        let isImplicit = parts.host.hasSuffix(":465") || parts.query["encryption"]?.lowercased() == "implicittls"
        let user = parts.user.isEmpty ? nil : parts.user
        let never =
            parts.query["encryption"]?.lowercased() == "none" || parts.query["usestarttls"]?.lowercased() == "no"
        let tls = isImplicit ? "" : never ? "?starttls=never" : "?starttls=always"
        let server = MailServer("\(isImplicit ? "smtps" : "smtp")://\(parts.host)\(tls)", user: user)
        var email = DraftMapping([.init(key: "smtp", value: .text(server.url))])
        if user != nil {
            let name = draft.add(secret: "mail_password", value: parts.password, "password of the mail server")
            email["password"] = .secret(name)
        }
        email["from"] = .text(from)
        email["to"] = .texts(to)
        if let startTLS = server.startTLS { email["starttls"] = .word(startTLS) }
        return DraftMapping([.init(key: "email", value: .mapping(email))])
    }

    private static func ntfy(_ parts: Parts, _ draft: inout ConfigurationDraft) -> DraftMapping {
        let isPlain = parts.query["scheme"]?.lowercased() == "http"
        let host = parts.path.count > 1 ? parts.host : "ntfy.sh"
        let topic = parts.path.count > 1 ? String(parts.path.dropFirst()) : parts.host
        var ntfy = DraftMapping([
            .init(
                key: "url",
                value: NotificationURL.value("\(isPlain ? "http" : "https")://\(host)/\(topic)", "ntfy_url", &draft))
        ])
        if let password = parts.password {
            if password.hasPrefix("tk_") {
                ntfy["token"] = .secret(draft.add(secret: "ntfy_token", value: password, "access token of ntfy"))
            } else {
                draft.open("ntfy user \(parts.user)", "ntfy is told with an access token: create one and write `token`")
            }
        }
        return DraftMapping([.init(key: "ntfy", value: .mapping(ntfy))])
    }

    private static func gotify(_ parts: Parts, _ draft: inout ConfigurationDraft) -> DraftMapping? {
        var segments = parts.path.split(separator: "/").map(String.init)
        guard let token = segments.popLast() else { return nil }
        let isPlain = parts.query["disabletls"]?.lowercased() == "yes"
        let base = segments.isEmpty ? "" : "/" + segments.joined(separator: "/")
        let name = draft.add(secret: "gotify_token", value: token, "token of the Gotify application")
        let gotify = DraftMapping([
            .init(key: "url", value: .text("\(isPlain ? "http" : "https")://\(parts.host)\(base)")),
            .init(key: "token", value: .secret(name)),
        ])
        return DraftMapping([.init(key: "gotify", value: .mapping(gotify))])
    }

    private static func slack(_ parts: Parts, _ draft: inout ConfigurationDraft) -> DraftMapping? {
        // hook:T…-B…-X…@webhook, or the three parts as a path.
        let token =
            parts.password ?? ([parts.host] + parts.path.split(separator: "/").map(String.init)).joined(separator: "-")
        let pieces = token.split(separator: "-")
        guard pieces.count == 3, parts.user.isEmpty || parts.user == "hook" else { return nil }
        let url = "https://hooks.slack.com/services/\(pieces.joined(separator: "/"))"
        return hidden("slack", url, "slack_url", "address of a Slack webhook", &draft)
    }

    private static func telegram(_ parts: Parts, _ draft: inout ConfigurationDraft) -> DraftMapping? {
        let chats = (parts.query["chats"] ?? parts.query["channels"] ?? "").split(separator: ",").map { $0.trimmed }
        guard let chat = chats.first else { return nil }
        if chats.count > 1 {
            draft.dropped(
                "telegram chats \(chats.dropFirst().joined(separator: ", "))",
                "a report tells one chat; add another report")
        }
        let token = parts.password.map { "\(parts.user):\($0)" } ?? parts.user
        let name = draft.add(secret: "telegram_token", value: token, "token of the Telegram bot")
        let telegram = DraftMapping([.init(key: "token", value: .secret(name)), .init(key: "chat", value: .text(chat))])
        return DraftMapping([.init(key: "telegram", value: .mapping(telegram))])
    }
}
