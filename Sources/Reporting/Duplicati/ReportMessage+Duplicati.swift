internal import JSON
internal import Support

extension ReportMessage {
    /// Duplicati's JSON, as its `send-http-json-urls` are sent.
    static func duplicati(_ part: DuplicatiPart, _ mask: (String) -> String) -> ReportMessage {
        let extra = part.extra(mask).map { JSONValue.Member($0.name, .string($0.value)) }
        let lines = part.logLines(mask)
        func body(_ kept: Int) -> [UInt8] {
            let shown = lines.prefix(kept) + (kept < lines.count ? ["... and \(lines.count - kept) more"] : [])
            return JSONValue.object([
                .init("Data", part.data(mask).json), .init("Extra", .object(extra)),
                .init("LogLines", .array(shown.map { .string($0) })),
                .init("Exception", part.exception(mask).map { .string($0.cut(to: 8000)) } ?? .null),
            ]).serialized()
        }
        var kept = lines.count
        var bytes = body(kept)
        while bytes.count > RunReport.maximumBytes, kept > 0 {
            kept = min(kept - 1, kept * RunReport.maximumBytes / bytes.count)
            bytes = body(kept)
        }
        return ReportMessage(
            id: part.id,
            headers: [Field("Content-Type", "application/json"), Field("Idempotency-Key", part.id)], body: bytes)
    }

    /// The text of Duplicati's `send-http-message` unless told otherwise.
    private static let formText =
        "Duplicati %OPERATIONNAME% report for %backup-name% (%machine-id%, %backup-id%, %machine-name%)\n\n%RESULT%"

    /// Duplicati's form, as its `send-http-form-urls` are sent.
    static func duplicatiForm(_ part: DuplicatiPart, _ mask: (String) -> String) -> ReportMessage {
        // Most bytes of a form are three when they are encoded.
        let text = part.filled(formText, isSubject: false, mask).cut(toBytes: RunReport.maximumBytes / 3)
        return ReportMessage(
            id: part.id,
            headers: [
                Field("Content-Type", "application/x-www-form-urlencoded"), Field("Idempotency-Key", part.id),
            ], body: Array("message=\(PercentEncoding.encode(text))".utf8))
    }

    /// What Duplicati posts to its `http-report-status-url` when it begins and when it ends.
    static func duplicatiStatus(_ part: DuplicatiPart, _ mask: (String) -> String) -> ReportMessage {
        let report = part.report
        let isOver = report.event != .start
        var body = JSONObject()
        body["operation"] = .string("Backup")
        body["status"] = .string(isOver ? (part.result == .failure ? "Failed" : "Completed") : "Started")
        body["startedUtc"] = .string(report.run.started.duplicatiJSON)
        body["reportedUtc"] = .string((isOver ? report.run.finished : report.run.started).duplicatiJSON)
        if isOver { body["errorMessage"] = part.exception(mask).map { .string($0.cut(to: 8000)) } }
        body["isCompleted"] = .bool(isOver)
        body["backendEvents"] = .array([])
        body["logEntries"] = .array([])
        let lines = isOver ? Array(part.logLines(mask).suffix(20)) : []
        body["progress"] = part.progress
        body["recentLogLines"] = .array(lines.map { .string($0.cut(to: 2000)) })
        body["metadata"] = .object([
            .init("duplicatiVersion", .string("\(report.instance.version) (Dunnage)")),
            .init("machineId", .string(part.machineID)), .init("backupId", .string(part.backupID)),
            .init("backupName", .string(part.backupName)), .init("machineName", .string(report.instance.name)),
            .init("destinationType", .string(part.destination?.label.map(DuplicatiPart.scheme) ?? "")),
            .init("destinationHostSuffix", .string(part.destination?.label.map(DuplicatiPart.hostSuffix) ?? "")),
            .init("installationType", .string("dunnage")), .init("operatingSystem", .string("Linux")),
            .init("operatingSystemDetailed", .string("Linux")),
        ])
        return ReportMessage(part.id, json: body.value)
    }
}

extension DuplicatiPart {
    /// How far the run is: at its beginning nowhere, at its end through.
    fileprivate var progress: JSONValue {
        let isOver = report.event != .start
        let source = report.source ?? RunReport.Source()
        return .object([
            .init("phase", .string(isOver ? "Backup_Complete" : "Backup_Begin")),
            .init("progress", .number(isOver ? 1 : 0)), .init("filesProcessed", .integer(source.files)),
            .init("fileSizeProcessed", .integer(source.bytes)), .init("fileCount", .integer(source.files)),
            .init("fileSize", .integer(source.bytes)), .init("countingFiles", .bool(false)),
            .init("currentFileOffset", .integer(0)), .init("activeTransfers", .array([])),
        ])
    }
}
