internal import Support

/// Services that wait for a sign of life.
extension ReportMessage {
    /// What a server of healthchecks' kind keeps of a body unless it is told otherwise.
    private static let healthchecksBody = 10_000

    /// A ping of healthchecks: `/start`, the URL itself, `/fail`, or `/log` for what is neither.
    ///
    /// That a run is missing is what the check finds out by itself.
    static func healthchecks(
        _ report: RunReport, failsOnWarning: Bool, creates: Bool, _ mask: (String) -> String
    ) -> [ReportMessage] {
        let path: String
        switch report.event {
        case .start: path = "/start"
        case .success, .recovered: path = ""
        case .warning: path = failsOnWarning ? "/fail" : ""
        case .failure: path = "/fail"
        case .drill, .configChanged: path = "/log"
        case .missed, .overdue, .digest: return []
        }
        var query = [Field("rid", RunUUID(of: report.run.id).text)]
        if creates { query.append(Field("create", "1")) }
        let text = ReportText(report, masking: mask).whole(limit: healthchecksBody)
        return [ReportMessage(report.id, path: path, query: query, text: text.cut(toBytes: healthchecksBody))]
    }

    /// A heartbeat of Uptime Kuma; a beginning counts as one too, so that none is sent.
    static func uptimeKuma(_ report: RunReport, _ mask: (String) -> String) -> [ReportMessage] {
        let isUp: Bool
        switch report.event {
        case .success, .warning, .recovered: isUp = true
        case .failure, .missed, .overdue: isUp = false
        case .start, .drill, .configChanged, .digest: return []
        }
        let title = mask(report.title).cut(to: 200)
        let milliseconds = Int64((report.run.durationSeconds * 1000).rounded())
        return [
            ReportMessage(
                id: report.id, method: "GET",
                query: [
                    Field("status", isUp ? "up" : "down"),
                    Field("msg", report.event == .warning ? "WARN \(title)" : title),
                    Field("ping", report.event.isEnd ? "\(milliseconds)" : ""),
                ])
        ]
    }

    /// A ping of Cronitor; the run's identifier makes one of its beginning and its end.
    static func cronitor(_ report: RunReport, _ mask: (String) -> String) -> [ReportMessage] {
        let state: String
        switch report.event {
        case .start: state = "run"
        case .success, .warning, .recovered: state = "complete"
        case .failure, .missed, .overdue: state = "fail"
        case .drill, .configChanged, .digest: return []
        }
        var query = [
            Field("state", state), Field("series", report.run.id), Field("host", report.instance.name),
            Field("message", ReportText(report, problems: 5, masking: mask).whole(limit: 1000)),
        ]
        if report.event.isEnd {
            query.append(Field("metric", "duration:\(report.run.durationSeconds)"))
            query.append(Field("metric", "error_count:\(report.count(.error))"))
        }
        return [ReportMessage(id: report.id, method: "GET", query: query)]
    }
}
