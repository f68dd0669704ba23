/// How a report is put for a receiver.
public enum ReportForm: Sendable, Hashable {
    /// Our JSON, with the header fields of a CloudEvent in binary mode.
    case report
    /// A CloudEvent in structured mode.
    case cloudEvents
    /// Duplicati's JSON, one message for each destination.
    case duplicati
    /// Duplicati's form, one message for each destination.
    case duplicatiForm
    /// The posts that Duplicati sends while it works: at the beginning and at the end.
    case duplicatiStatus
    /// A text of one's own.
    case template(ReportTemplate)
    /// A message to people.
    case mail(MailForm)
    /// A message over XMPP.
    case xmpp(XMPPForm)
    /// A check of healthchecks.io.
    case healthchecks(failsOnWarning: Bool, creates: Bool)
    /// A push monitor of Uptime Kuma.
    case uptimeKuma
    /// A monitor of Cronitor.
    case cronitor
    /// A topic of ntfy.
    case ntfy(priority: Int?)
    /// An application of Gotify.
    case gotify
    /// An incoming webhook of Slack.
    case slack
    /// A webhook of Discord.
    case discord
    /// A workflow of Teams.
    case teams
    /// A chat of Telegram.
    case telegram
    /// A service of PagerDuty.
    case pagerDuty
    /// Prometheus' Alertmanager.
    case alertmanager
    /// An Apprise API.
    case apprise(tag: String?)

    /// What a receiver is sent about a report; nothing where the form has no word for such an event.
    /// - Parameters:
    ///   - report: what to tell.
    ///   - mask: is applied to every text that could hold a secret.
    /// - Returns: messages without addresses and credentials, in their order.
    public func messages(
        for report: RunReport, masking mask: (String) -> String = { $0 }
    ) -> [ReportMessage] {
        // A check that went well must not stand for a backup that did not take place.
        if countsRuns, report.run.kind != .backup, report.event != .failure { return [] }
        return switch self {
        case .report: [.plain(report, mask)]
        case .cloudEvents: [.structured(report, mask)]
        case .duplicati: report.duplicatiParts.map { .duplicati($0, mask) }
        case .duplicatiForm: report.duplicatiParts.map { .duplicatiForm($0, mask) }
        case .duplicatiStatus: report.duplicatiParts(withStart: true).map { .duplicatiStatus($0, mask) }
        case .template(let template): [.template(template, report, mask)]
        case .mail(let form): form.messages(for: report, masking: mask)
        case .xmpp(let form): form.messages(for: report, masking: mask)
        case .healthchecks(let failsOnWarning, let creates):
            ReportMessage.healthchecks(report, failsOnWarning: failsOnWarning, creates: creates, mask)
        case .uptimeKuma: ReportMessage.uptimeKuma(report, mask)
        case .cronitor: ReportMessage.cronitor(report, mask)
        case .ntfy(let priority): [.ntfy(report, priority: priority, mask)]
        case .gotify: [.gotify(report, mask)]
        case .slack: [.slack(report, mask)]
        case .discord: [.discord(report, mask)]
        case .teams: [.teams(report, mask)]
        case .telegram: [.telegram(report, mask)]
        case .pagerDuty: ReportMessage.pagerDuty(report, mask)
        case .alertmanager: ReportMessage.alertmanager(report, mask)
        case .apprise(let tag): [.apprise(report, tag: tag, mask)]
        }
    }

    /// Whether it takes whatever went well for a backup.
    private var countsRuns: Bool {
        switch self {
        case .duplicati, .duplicatiForm, .duplicatiStatus, .healthchecks, .uptimeKuma, .cronitor: true
        default: false
        }
    }
}
