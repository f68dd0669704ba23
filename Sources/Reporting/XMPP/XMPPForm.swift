/// How a report is put as a message over XMPP.
public struct XMPPForm: Sendable, Hashable {
    /// What it looks like.
    public let style: MailForm.Style
    /// The text in place of the usual one: Mustache in ours, `%placeholders%` in Duplicati's; nil for the usual one.
    public let text: ReportTemplate?

    /// A form.
    /// - Throws: `ReportingError.invalidTemplate`.
    public init(style: MailForm.Style = .report, text: String? = nil) throws(ReportingError) {
        self.style = style
        self.text = try MailForm.template(text, style)
    }

    /// More than this is not read in a window of talk, and servers refuse much more.
    private static let maximumBytes = 16 << 10
    /// Duplicati's `send-xmpp-message` unless told otherwise.
    private static let duplicatiText = "Duplicati %OPERATIONNAME% report for %backup-name%\n\n%RESULT%"

    func messages(for report: RunReport, masking mask: (String) -> String) -> [ReportMessage] {
        switch style {
        case .report:
            let words =
                text.map { $0.rendered(report, masking: mask) }
                ?? ReportText(report, masking: mask).whole(limit: Self.maximumBytes)
            return [ReportMessage(id: report.id, body: Array(words.cut(toBytes: Self.maximumBytes).utf8))]
        case .duplicati:
            return report.duplicatiParts.map { part in
                let words = part.filled(text?.text ?? Self.duplicatiText, isSubject: false, mask)
                return ReportMessage(id: part.id, body: Array(words.cut(toBytes: Self.maximumBytes).utf8))
            }
        }
    }
}
