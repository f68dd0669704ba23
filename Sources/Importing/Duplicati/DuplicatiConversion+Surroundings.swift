internal import Configuration

/// What happens around a backup: scripts, transfers, reports.
extension DuplicatiConversion {
    // MARK: Scripts

    mutating func addScripts() {
        let splits = options.takeFlag("run-script-with-arguments") ?? false
        let timeout = options.takeText("run-script-timeout").flatMap { DuplicatiValues.span($0) }
        var hooks = DraftMapping()
        for (option, key, failure) in [
            ("run-script-before-required", "before", "fail"), ("run-script-before", "before", "warn"),
            ("run-script-post-backup", "after", "warn"), ("run-script-after", "finally", "warn"),
        ] {
            guard let script = options.takeText(option) else { continue }
            let words = splits ? ShellWords.words(script) : [script]
            if DuplicatiValues.isWindowsPath(script) {
                draft.dropped("\(option)=\(script)", "it is a program of Windows")
                continue
            }
            var hook = DraftMapping([.init(key: "command", value: .texts(words))])
            if let timeout, timeout.fixedSeconds != 60 {
                hook["timeout"] = .word(timeout.fixedSeconds == 0 ? "7d" : timeout.description)
            }
            if failure != "fail" { hook["on_failure"] = .word(failure) }
            hooks.append(.mapping(hook), to: key)
            draft.changed(
                "\(option)=\(script)",
                "it gets no DUPLICATI__ variables, its output changes no options, and any code but 0 is a failure")
        }
        if !hooks.isEmpty { mapping["hooks"] = .mapping(hooks) }
        for name in ["run-script-result-output-format", "run-script-log-level", "run-script-log-filter"] {
            if options.take(name) != nil { draft.dropped(name, "hooks get no file of results") }
        }
    }

    // MARK: Transfers

    mutating func addTransfers() {
        var limits = DraftMapping()
        let isUnlimited = options.takeFlag("throttle-disabled") ?? false
        for (option, key) in [("throttle-upload", "upload"), ("throttle-download", "download")] {
            guard let text = options.takeText(option), !isUnlimited else { continue }
            guard let size = DuplicatiValues.size(text.replacing("/s", with: ""), unit: "kb") else {
                draft.dropped("\(option)=\(text)", "it is not a rate")
                continue
            }
            // Nothing is no limit there, and no transfer here.
            if !size.hasPrefix("0") { limits[key] = .word("\(size)/s") }
        }
        let parallel =
            options.takeNumber("asynchronous-upload-limit")
            ?? options.takeNumber("asynchronous-concurrent-upload-limit")
        if options.takeFlag("synchronous-upload") == true {
            limits["parallel_uploads"] = .number(1)
        } else if let parallel, parallel > 0 {
            limits["parallel_uploads"] = .number(min(parallel, 64))
        }
        if options.takeFlag("use-background-io-priority") == true { limits["io"] = .word("idle") }
        if !limits.isEmpty { mapping["limits"] = .mapping(limits) }
        addRetry()
    }

    private mutating func addRetry() {
        var retry = DraftMapping()
        let count = options.takeNumber("number-of-retries")
        let delay = options.takeText("retry-delay").flatMap { DuplicatiValues.span($0) }
        let isExponential = options.takeFlag("retry-with-exponential-backoff") ?? false
        guard count != nil || delay != nil else { return }
        if let count { retry["attempts"] = .number(min(max(count, 0), 999) + 1) }
        retry["backoff"] = .word(isExponential ? "exponential" : "none")
        if let delay, delay.fixedSeconds > 0 { retry["initial"] = .word(delay.description) }
        destination["retry"] = .mapping(retry)
    }

    // MARK: Reports

    mutating func addReports() {
        var names: [String] = []
        names += addHTTPReports() + addMail() + addMessages()
        if !names.isEmpty { mapping["reports"] = .list(names.map { .word($0) }) }
    }

    /// The events that a list of levels stands for; `nil` for all.
    private mutating func events(_ prefix: String) -> DraftValue? {
        let text = options.takeText("\(prefix)-level") ?? "all"
        let levels = Set(text.lowercased().split(separator: ",").map { $0.filter { !$0.isWhitespace } })
        if levels.contains("all") || levels.isEmpty { return nil }
        var events: [DraftValue] = []
        if levels.contains("success") { events.append(.word("success")) }
        if levels.contains("warning") { events.append(.word("warning")) }
        if !levels.isDisjoint(with: ["error", "fatal", "unknown"]) { events.append(.word("failure")) }
        return events.isEmpty ? nil : .list(events)
    }

    private mutating func dropDetails(_ prefix: String, _ names: [String]) {
        for name in names {
            guard let value = options.takeText("\(prefix)-\(name)") else { continue }
            if name == "any-operation", ["false", "0", "no", "off"].contains(value.lowercased()) { continue }
            draft.dropped("\(prefix)-\(name)", "reports have a form of their own here")
        }
    }

    private static let details = [
        "any-operation", "log-level", "log-filter", "max-log-lines", "extra-parameters", "result-output-format",
    ]

    private mutating func addHTTPReports() -> [String] {
        let verb = options.takeText("send-http-verb")?.uppercased() ?? "POST"
        let isJSON = options["send-http-result-output-format"]?.lowercased() == "json"
        if isJSON { _ = options.take("send-http-result-output-format") }
        let targets = [
            ("send-http-url", isJSON ? "duplicati" : "duplicati_form"), ("send-http-form-urls", "duplicati_form"),
            ("send-http-json-urls", "duplicati"),
        ]
        let events = events("send-http")
        var names: [String] = []
        for (option, format) in targets {
            for url in (options.takeText(option) ?? "").split(whereSeparator: { $0 == ";" }) {
                var webhook = DraftMapping([
                    .init(key: "url", value: NotificationURL.value(String(url), "report_url", &draft)),
                    .init(key: "format", value: .word(format)),
                ])
                if option == "send-http-url", ["GET", "PUT"].contains(verb) { webhook["method"] = .word(verb) }
                var report = DraftMapping([.init(key: "webhook", value: .mapping(webhook))])
                report["events"] = events
                names.append(draft.add(report: "webhook", report))
            }
        }
        for url in (options.takeText("http-report-status-url") ?? "").split(whereSeparator: { ",;".contains($0) }) {
            let webhook = DraftMapping([
                .init(key: "url", value: NotificationURL.value(String(url), "status_url", &draft)),
                .init(key: "format", value: .word("duplicati_status")),
            ])
            var report = DraftMapping([.init(key: "webhook", value: .mapping(webhook))])
            // It is told of beginnings, too, which a receiver hears of only when it asks.
            report["events"] = .list(["start", "success", "warning", "failure"].map { .word($0) })
            names.append(draft.add(report: "status", report))
        }
        if !names.isEmpty { _ = options.take("send-http-message-parameter-name") }
        dropDetails("send-http", Self.details + ["message"])
        dropDetails("http-report-status", ["interval", "max-log-lines"])
        return names
    }

    private mutating func addMail() -> [String] {
        defer { dropDetails("send-mail", Self.details) }
        guard let recipients = options.takeText("send-mail-to") else { return [] }
        let user = options.takeText("send-mail-username")
        let password = options.take("send-mail-password")
        let to = recipients.split { $0 == "," || $0 == ";" }.map { $0.trimmed }.filter { $0.contains("@") }
        let servers = (options.takeText("send-mail-url") ?? "").split(separator: ";").map { $0.trimmed }
        guard let server = servers.first, !to.isEmpty else {
            draft.dropped("send-mail-to=\(recipients)", "without send-mail-url there is no server to send it through")
            return []
        }
        if servers.count > 1 { draft.dropped("send-mail-url", "only the first of \(servers.count) servers is used") }
        var email = DraftMapping()
        let parts = MailServer(server, user: user)
        email["smtp"] = .text(parts.url)
        if user != nil || parts.user != nil {
            let name = draft.add(secret: "mail_password", value: password, "password of the mail server")
            email["password"] = .secret(name)
        }
        let from = options.takeText("send-mail-from") ?? "no-reply"
        let host = to[0].split(separator: "@").last.map { $0.filter { $0 != ">" } } ?? "localhost"
        email["from"] = .text(from.contains("@") ? from : "\(from.filter { !$0.isWhitespace })@\(host)")
        email["to"] = .texts(to)
        let subject = options.takeText("send-mail-subject")
        let body = options.takeText("send-mail-body")
        // Their placeholders are read in messages of Duplicati's form only.
        if subject != nil || body != nil { email["format"] = .word("duplicati") }
        if let subject { email["subject"] = .text(subject) }
        if let body {
            if body.hasPrefix("/") {
                draft.dropped("send-mail-body=\(body)", "it names a file; write its text as `body`")
            } else {
                email["body"] = .text(body)
            }
        }
        if let tls = parts.startTLS { email["starttls"] = .word(tls) }
        var report = DraftMapping([.init(key: "email", value: .mapping(email))])
        report["events"] = events("send-mail")
        return [draft.add(report: "email", report)]
    }

    private mutating func addMessages() -> [String] {
        var names: [String] = []
        if let chat = options.takeText("send-telegram-channel-id") {
            let bot = options.takeText("send-telegram-bot-id") ?? ""
            let key = options.take("send-telegram-api-key") ?? ""
            let token = bot.isEmpty || key.isEmpty ? nil : "\(bot):\(key)"
            let name = draft.add(secret: "telegram_token", value: token, "token of the Telegram bot")
            let telegram = DraftMapping([
                .init(key: "token", value: .secret(name)), .init(key: "chat", value: .text(chat)),
            ])
            var report = DraftMapping([.init(key: "telegram", value: .mapping(telegram))])
            report["events"] = events("send-telegram")
            names.append(draft.add(report: "telegram", report))
        }
        if let to = options.takeText("send-xmpp-to") {
            let user = options.takeText("send-xmpp-username") ?? ""
            let password = options.take("send-xmpp-password")
            if let account = XMPPAccount(user) {
                let name = draft.add(secret: "xmpp_password", value: password, "password of \(account.address)")
                var xmpp = DraftMapping([
                    .init(key: "from", value: .text(account.address)), .init(key: "password", value: .secret(name)),
                    .init(key: "to", value: .texts(to.split(separator: ",").map { $0.trimmed })),
                ])
                if let server = account.server { xmpp["server"] = .text(server) }
                if let resource = account.resource { xmpp["resource"] = .text(resource) }
                if let message = options.takeText("send-xmpp-message") {
                    xmpp["format"] = .word("duplicati")
                    xmpp["message"] = .text(message)
                }
                var report = DraftMapping([.init(key: "xmpp", value: .mapping(xmpp))])
                report["events"] = events("send-xmpp")
                names.append(draft.add(report: "xmpp", report))
            } else {
                draft.dropped("send-xmpp-to=\(to)", "send-xmpp-username is missing")
            }
        }
        dropDetails("send-telegram", Self.details + ["message", "topid-id"])
        dropDetails("send-xmpp", Self.details)
        return names
    }
}

extension Substring {
    /// The text without blanks at its ends.
    var trimmed: String {
        var text = self
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}

extension String {
    /// The text without blanks at its ends.
    var trimmed: String { self[...].trimmed }
}
