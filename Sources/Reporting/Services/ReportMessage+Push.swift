internal import JSON
internal import Support

/// Services that put a message on somebody's screen.
extension ReportMessage {
    /// A message of ntfy.
    static func ntfy(_ report: RunReport, priority: Int?, _ mask: (String) -> String) -> ReportMessage {
        let text = ReportText(report, masking: mask)
        let tags =
            switch report.level {
            case .notice: "hourglass_flowing_sand"
            case .good: "white_check_mark"
            case .warning: "warning"
            case .bad: "rotating_light"
            }
        let usual =
            switch report.event {
            case .start: 1
            case .missed, .overdue: 4
            default: [.notice: 2, .good: 2, .warning: 3, .bad: 5][report.level] ?? 3
            }
        return ReportMessage(
            report.id,
            headers: [
                Field("Title", EncodedWords.encode(text.title)), Field("Priority", "\(priority ?? usual)"),
                Field("Tags", "\(tags),\(report.event.rawValue)"),
            ],
            // What is longer becomes an attachment.
            text: text.body(limit: 4000).cut(toBytes: 4000))
    }

    /// A message of Gotify.
    static func gotify(_ report: RunReport, _ mask: (String) -> String) -> ReportMessage {
        let text = ReportText(report, masking: mask)
        let priority: Int64 = [.notice: 1, .good: 2, .warning: 5, .bad: 8][report.level] ?? 5
        return ReportMessage(
            report.id, path: "/message",
            json: .object([
                .init("title", .string(text.title)), .init("message", .string(text.body(limit: 16_000))),
                .init("priority", .integer(priority)),
                .init(
                    "extras",
                    .object([
                        .init("client::display", .object([.init("contentType", .string("text/plain"))]))
                    ])),
            ]))
    }

    /// A message of Telegram's bots; where it goes is added when it is sent.
    static func telegram(_ report: RunReport, _ mask: (String) -> String) -> ReportMessage {
        ReportMessage(
            report.id,
            json: .object([
                .init("text", .string(ReportText(report, masking: mask).whole(limit: 4096))),
                .init("link_preview_options", .object([.init("is_disabled", .bool(true))])),
                .init("disable_notification", .bool(report.level == .notice || report.level == .good)),
            ]))
    }

    /// What an Apprise API passes on.
    static func apprise(_ report: RunReport, tag: String?, _ mask: (String) -> String) -> ReportMessage {
        let text = ReportText(report, masking: mask)
        let type =
            switch report.level {
            case .notice: "info"
            case .good: "success"
            case .warning: "warning"
            case .bad: "failure"
            }
        var body = JSONObject()
        body["title"] = .string(text.title)
        body["body"] = .string(text.lines.isEmpty ? text.title : text.body(limit: 16_000))
        body["type"] = .string(type)
        body["format"] = .string("text")
        body["tag"] = tag.map { .string($0) }
        return ReportMessage(report.id, json: body.value)
    }
}
