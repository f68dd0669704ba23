internal import Configuration
internal import Reporting
internal import Secrets

extension ReportSpecification {
    /// How its reports are put; `nil` for a kind that this program cannot send to yet.
    func form() throws(ReportingError) -> ReportForm? {
        switch channel {
        case .webhook(let webhook): try webhook.form()
        case .email(let email):
            .mail(
                try MailForm(
                    style: MailForm.Style(rawValue: email.format.rawValue) ?? .report, subject: email.subject,
                    body: email.body))
        case .xmpp(let xmpp):
            .xmpp(
                try XMPPForm(style: MailForm.Style(rawValue: xmpp.format.rawValue) ?? .report, text: xmpp.message))
        case .service(let service): service.form
        }
    }
}

extension ReportSpecification.Webhook {
    fileprivate func form() throws(ReportingError) -> ReportForm {
        switch format {
        case .report: return .report
        case .cloudEvents: return .cloudEvents
        case .duplicati: return .duplicati
        case .duplicatiForm: return .duplicatiForm
        case .duplicatiStatus: return .duplicatiStatus
        case .template:
            let type = headers.first { $0.key.lowercased() == "content-type" }?.value.text
            return .template(try ReportTemplate(template ?? "", contentType: type ?? "application/json"))
        }
    }
}

extension ReportSpecification.Service {
    fileprivate var form: ReportForm? {
        switch kind {
        case "healthchecks":
            .healthchecks(
                failsOnWarning: text("warnings") == ReportSpecification.WarningMeaning.failure.rawValue,
                creates: text("create") == "true")
        case "uptime_kuma": .uptimeKuma
        case "cronitor": .cronitor
        case "ntfy": .ntfy(priority: text("priority").flatMap { Int($0) })
        case "gotify": .gotify
        case "slack": .slack
        case "discord": .discord
        case "teams": .teams
        case "telegram": .telegram
        case "pagerduty": .pagerDuty
        case "alertmanager": .alertmanager
        case "apprise": .apprise(tag: text("tag"))
        default: nil
        }
    }

    /// The text of a setting without secrets.
    private func text(_ key: String) -> String? { settings[key]?.first?.text }
}
