internal import Support

/// A report as a page without anything to fetch: mail programs show no more than tables and colours.
struct MailHTML {
    /// The page.
    let document: String

    init(_ report: RunReport, _ text: ReportText, masking mask: (String) -> String) {
        let color =
            switch report.level {
            case .notice: "#607080"
            case .good: "#1a7f37"
            case .warning: "#9a6700"
            case .bad: "#cf222e"
            }
        var rows: [(String, String)] = [("Instance", report.instance.name)]
        if let job = report.job { rows.append(("Job", job.name)) }
        rows.append(("Began", report.run.started.iso8601))
        if report.event.isEnd {
            rows.append(("Took", RunReport.span(Int64(report.run.durationSeconds))))
        }
        if let source = report.source {
            rows.append(("Files", "\(source.files), \(ByteCount(source.bytes))"))
            rows.append(
                ("Changes", "\(source.added) added, \(source.modified) modified, \(source.removed) removed"))
        }
        for destination in report.destinations {
            let versions = destination.versions.map { ", \(Count($0, "version"))" } ?? ""
            rows.append(
                (
                    destination.name,
                    "\(destination.result.rawValue), \(ByteCount(destination.uploadedBytes)) sent\(versions)"
                ))
        }
        if let next = report.nextRun { rows.append(("Next run", next.iso8601)) }
        rows.append(("Run", report.run.id))
        var page =
            "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>\(text.title.htmlEscaped)</title></head>\n"
        page += "<body style=\"font-family: sans-serif; color: #1f2328\">\n"
        page += "<h2 style=\"color: \(color)\">\(text.title.htmlEscaped)</h2>\n<table cellpadding=\"4\">\n"
        for (name, value) in rows {
            page += "<tr><th align=\"left\">\(name.htmlEscaped)</th><td>\(value.htmlEscaped)</td></tr>\n"
        }
        page += "</table>\n"
        if !report.problems.isEmpty {
            page += "<h3>Problems</h3>\n<ul>\n"
            for problem in report.problems.prefix(100) {
                let code = problem.code.map { "<b>\($0.htmlEscaped)</b> " } ?? ""
                let times = problem.count > 1 ? " (\(problem.count) times)" : ""
                let paths = problem.sample.map { "<br><code>\(mask($0).htmlEscaped)</code>" }.joined()
                page += "<li>\(code)\(mask(problem.message).cut(to: 2000).htmlEscaped)\(times)\(paths)</li>\n"
            }
            page += "</ul>\n"
            if report.problems.count > 100 { page += "<p>… and \(report.problems.count - 100) more</p>\n" }
        }
        if !report.log.lines.isEmpty {
            page += "<pre>\(report.log.lines.map(mask).joined(separator: "\n").cut(to: 16_000).htmlEscaped)</pre>\n"
        }
        document = page + "</body></html>\n"
    }
}

extension String {
    fileprivate var htmlEscaped: String {
        replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
