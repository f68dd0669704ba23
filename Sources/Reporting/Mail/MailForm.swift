internal import JSON

/// How a report is put as a message to people.
public struct MailForm: Sendable, Hashable {
    /// What it looks like.
    public enum Style: String, Sendable, Hashable, CaseIterable {
        /// Ours: text and HTML.
        case report
        /// Duplicati's text, one message for each destination.
        case duplicati
    }

    /// What it looks like.
    public let style: Style
    /// The subject: Mustache in ours, `%placeholders%` in Duplicati's; nil for the usual one.
    public let subject: ReportTemplate?
    /// The text in place of the usual one, in the same language; nil for the usual one.
    ///
    /// No HTML goes along then.
    public let body: ReportTemplate?

    /// A form.
    /// - Throws: `ReportingError.invalidTemplate`.
    public init(style: Style = .report, subject: String? = nil, body: String? = nil) throws(ReportingError) {
        self.style = style
        self.subject = try Self.template(subject, style)
        self.body = try Self.template(body, style)
    }

    /// A text of the configuration's in the language of a style.
    static func template(_ text: String?, _ style: Style) throws(ReportingError) -> ReportTemplate? {
        switch (style, text) {
        case (_, nil): nil
        case (.report, let text?): try ReportTemplate(text, contentType: "text/plain")
        case (.duplicati, let text?): ReportTemplate(unread: text)
        }
    }

    /// Duplicati's `send-mail-subject` unless told otherwise.
    static let duplicatiSubject = "Duplicati %OPERATIONNAME% report for %backup-name%"

    func messages(for report: RunReport, masking mask: (String) -> String) -> [ReportMessage] {
        switch style {
        case .report:
            let text = ReportText(report, problems: 100, masking: mask)
            let title = subject.map { $0.rendered(report, masking: mask) } ?? text.title
            let letter = Letter(
                subject: title.cut(to: 250), date: report.run.finished,
                text: body.map { $0.rendered(report, masking: mask).cut(toBytes: RunReport.maximumBytes) }
                    ?? text.whole(limit: RunReport.maximumBytes / 4),
                html: body == nil ? MailHTML(report, text, masking: mask).document : nil)
            return [ReportMessage(id: report.id, body: letter.json.serialized())]
        case .duplicati:
            return report.duplicatiParts.map { part in
                let line = part.filled(subject?.text ?? Self.duplicatiSubject, isSubject: true, mask)
                let letter = Letter(
                    subject: line.cut(to: 250), date: report.run.finished,
                    text: (body.map { part.filled($0.text, isSubject: false, mask) } ?? part.text(mask)).cut(
                        toBytes: RunReport.maximumBytes), html: nil)
                return ReportMessage(id: part.id, body: letter.json.serialized())
            }
        }
    }
}
