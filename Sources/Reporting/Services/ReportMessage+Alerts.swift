internal import JSON
internal import Support

/// Services that keep an alert open until it is resolved.
extension ReportMessage {
    /// An event of PagerDuty; the key of the integration is added when it is sent.
    ///
    /// A failed or missed run and a job that is overdue are incidents of their own. A run that made a version resolves
    /// the first, a version that is young enough the second.
    static func pagerDuty(_ report: RunReport, _ mask: (String) -> String) -> [ReportMessage] {
        let subject: String
        switch report.event {
        case .success, .warning, .failure, .missed:
            subject = report.run.kind == .backup ? "run" : report.run.kind.rawValue
        case .overdue, .recovered:
            subject = report.run.kind == .backup ? "overdue" : "\(report.run.kind.rawValue)-overdue"
        case .drill: subject = "drill"
        case .configChanged: subject = "configuration"
        case .start, .digest: return []
        }
        let key = ["dunnage", report.instance.name, report.job?.name ?? "", subject].joined(separator: "/")
        var body = JSONObject()
        body["event_action"] = .string(report.level == .bad ? "trigger" : "resolve")
        // Longer keys are refused.
        body["dedup_key"] = .string(key.utf8.count > 255 ? RunUUID(of: key).text : key)
        if report.level == .bad {
            let text = ReportText(report, masking: mask)
            body["payload"] = .object([
                .init("summary", .string(text.title.cut(to: 1024))), .init("source", .string(report.instance.name)),
                .init("severity", .string("critical")), .init("timestamp", .string(report.run.finished.iso8601)),
                .init("component", .string(report.job?.name ?? report.instance.name)),
                .init("class", .string(report.event.rawValue)),
                .init(
                    "custom_details",
                    .object([
                        .init("report", .string(text.body(limit: 16_000))), .init("run", .string(report.run.id)),
                    ])),
            ])
            body["client"] = .string("Dunnage \(report.instance.version)")
        }
        return [ReportMessage(report.id, path: "", json: body.value)]
    }

    /// Alerts of Alertmanager: what a report tells of fires, and what it is the end of is resolved.
    static func alertmanager(_ report: RunReport, _ mask: (String) -> String) -> [ReportMessage] {
        let fires: String?
        let resolves: [String]
        let run =
            switch report.run.kind {
            case .backup: "DunnageRun"
            case .verify: "DunnageVerify"
            }
        let overdue = report.run.kind == .backup ? "DunnageOverdue" : "\(run)Overdue"
        switch report.event {
        case .success: (fires, resolves) = (nil, ["\(run)Failed", "\(run)Missed", "\(run)Warned"])
        case .warning: (fires, resolves) = ("\(run)Warned", ["\(run)Failed", "\(run)Missed"])
        case .failure: (fires, resolves) = ("\(run)Failed", ["\(run)Missed", "\(run)Warned"])
        case .missed: (fires, resolves) = ("\(run)Missed", [])
        case .overdue: (fires, resolves) = (overdue, [])
        case .recovered: (fires, resolves) = (nil, [overdue])
        case .drill:
            (fires, resolves) = report.level == .bad ? ("DunnageDrillFailed", []) : (nil, ["DunnageDrillFailed"])
        case .configChanged:
            let name = "DunnageConfigurationRefused"
            (fires, resolves) = report.level == .bad ? (name, []) : (nil, [name])
        case .start, .digest: return []
        }
        let firing = fires.map { [alert($0, report, isFiring: true, mask)] } ?? []
        let alerts = firing + resolves.map { alert($0, report, isFiring: false, mask) }
        return [ReportMessage(report.id, path: "/api/v2/alerts", json: .array(alerts))]
    }

    private static func alert(
        _ name: String, _ report: RunReport, isFiring: Bool, _ mask: (String) -> String
    ) -> JSONValue {
        var labels = JSONObject()
        labels["alertname"] = .string(name)
        labels["instance"] = .string(report.instance.name)
        labels["job"] = report.job.map { .string($0.name) }
        labels["severity"] = .string(name.hasSuffix("Warned") ? "warning" : "critical")
        var alert = JSONObject()
        alert["labels"] = labels.value
        if isFiring {
            let text = ReportText(report, problems: 5, masking: mask)
            alert["annotations"] = .object([
                .init("summary", .string(text.title)), .init("description", .string(text.body(limit: 4000))),
            ])
        }
        let start = min(report.run.started, report.run.finished)
        alert["startsAt"] = .string(start.iso8601)
        // Nothing is sent again while it lasts, so that it says itself when it is to be forgotten.
        let day = Timestamp(seconds: report.run.finished.seconds + 86_400)
        let next = report.nextRun.map { Timestamp(seconds: $0.seconds + 3600) }
        alert["endsAt"] = .string((isFiring ? max(day, next ?? day) : report.run.finished).iso8601)
        return alert.value
    }
}
