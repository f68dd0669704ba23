internal import JSON
internal import Support

extension ReportMessage {
    /// Our JSON, with the header fields of a CloudEvent and of an idempotent request.
    static func plain(_ report: RunReport, _ mask: (String) -> String) -> ReportMessage {
        var headers = [Field("Content-Type", "application/json"), Field("Idempotency-Key", report.id)]
        headers += CloudEvent(of: report).headers.map { Field($0.name, $0.value) }
        return ReportMessage(id: report.id, headers: headers, body: report.serialized(masking: mask))
    }

    /// A CloudEvent in structured mode, whose data is our JSON.
    static func structured(_ report: RunReport, _ mask: (String) -> String) -> ReportMessage {
        let event = CloudEvent(of: report)
        let body = report.trimmed { kept in
            JSONValue.object([
                .init("specversion", .string("1.0")), .init("id", .string(event.id)),
                .init("type", .string(event.type)), .init("source", .string(event.source)),
                .init("subject", .string(event.subject)), .init("time", .string(event.time.iso8601)),
                .init("datacontenttype", .string("application/json")),
                .init("data", report.json(kept: kept, masking: mask)),
            ]).serialized()
        }
        return ReportMessage(
            id: report.id,
            headers: [
                Field("Content-Type", "application/cloudevents+json; charset=utf-8"),
                Field("Idempotency-Key", report.id),
            ], body: body)
    }
}
