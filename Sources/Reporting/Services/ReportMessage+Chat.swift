internal import JSON
internal import Support

/// Services in which a team talks.
extension ReportMessage {
    /// A message of Slack: a text for notifications, and blocks for the channel.
    static func slack(_ report: RunReport, _ mask: (String) -> String) -> ReportMessage {
        let text = ReportText(report, masking: mask)
        let sign =
            switch report.level {
            case .notice: ":hourglass_flowing_sand:"
            case .good: ":white_check_mark:"
            case .warning: ":warning:"
            case .bad: ":rotating_light:"
            }
        var blocks: [JSONValue] = [
            block("header", "plain_text", "\(sign) \(text.title)".cut(to: 150))
        ]
        if !text.lines.isEmpty {
            // What is escaped becomes up to five times as long, and 3000 characters are allowed.
            let body = text.body(limit: 2800).slackEscaped.cut(to: 2900)
            blocks.append(block("section", "mrkdwn", "```\n\(body)\n```"))
        }
        return ReportMessage(
            report.id,
            json: .object([
                .init("text", .string("\(sign) \(text.title.slackEscaped)".cut(to: 3000))),
                .init("blocks", .array(blocks)),
            ]))
    }

    private static func block(_ type: String, _ textType: String, _ text: String) -> JSONValue {
        .object([
            .init("type", .string(type)),
            .init("text", .object([.init("type", .string(textType)), .init("text", .string(text))])),
        ])
    }

    /// A message of Discord, which mentions nobody whatever its text holds.
    static func discord(_ report: RunReport, _ mask: (String) -> String) -> ReportMessage {
        let text = ReportText(report, masking: mask)
        let color: Int64 =
            switch report.level {
            case .notice: 0x95_a5_a6
            case .good: 0x2e_cc_71
            case .warning: 0xf1_c4_0f
            case .bad: 0xe7_4c_3c
            }
        var embed = JSONObject()
        embed["title"] = .string(text.title.cut(to: 256))
        if !text.lines.isEmpty { embed["description"] = .string("```\n\(text.body(limit: 3800))\n```") }
        embed["color"] = .integer(color)
        embed["timestamp"] = .string(report.run.finished.iso8601)
        embed["footer"] = .object([.init("text", .string("\(report.instance.name) \(report.run.id)".cut(to: 2000)))])
        return ReportMessage(
            report.id,
            json: .object([
                .init("content", .string(text.title.cut(to: 2000))), .init("embeds", .array([embed.value])),
                .init("allowed_mentions", .object([.init("parse", .array([]))])),
            ]))
    }

    /// A message of a workflow of Teams: an Adaptive Card.
    static func teams(_ report: RunReport, _ mask: (String) -> String) -> ReportMessage {
        let text = ReportText(report, masking: mask)
        let color =
            switch report.level {
            case .notice: "Default"
            case .good: "Good"
            case .warning: "Warning"
            case .bad: "Attention"
            }
        var body: [JSONValue] = [
            .object([
                .init("type", .string("TextBlock")), .init("text", .string(text.title)),
                .init("weight", .string("Bolder")), .init("size", .string("Medium")),
                .init("color", .string(color)), .init("wrap", .bool(true)),
            ])
        ]
        if !text.lines.isEmpty {
            body.append(
                .object([
                    .init("type", .string("TextBlock")), .init("text", .string(text.body(limit: 6000))),
                    .init("fontType", .string("Monospace")), .init("wrap", .bool(true)),
                ]))
        }
        let facts = [("Instance", report.instance.name), ("Run", report.run.id)].map { name, value in
            JSONValue.object([.init("title", .string(name)), .init("value", .string(value))])
        }
        body.append(.object([.init("type", .string("FactSet")), .init("facts", .array(facts))]))
        let card = JSONValue.object([
            .init("$schema", .string("http://adaptivecards.io/schemas/adaptive-card.json")),
            .init("type", .string("AdaptiveCard")), .init("version", .string("1.4")), .init("body", .array(body)),
        ])
        return ReportMessage(
            report.id,
            json: .object([
                .init("type", .string("message")),
                .init(
                    "attachments",
                    .array([
                        .object([
                            .init("contentType", .string("application/vnd.microsoft.card.adaptive")),
                            .init("contentUrl", .null), .init("content", card),
                        ])
                    ])),
            ]))
    }
}

extension String {
    /// The three characters that Slack gives a meaning to, escaped.
    fileprivate var slackEscaped: String {
        replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
