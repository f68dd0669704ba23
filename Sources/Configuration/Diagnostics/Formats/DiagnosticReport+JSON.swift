internal import JSON

extension DiagnosticReport {
    /// One document: `urn:dunnage:validation:v1`.
    var json: String {
        let document = JSONValue.object([
            .init("schema", .string("urn:dunnage:validation:v1")), .init("file", .string(file)),
            .init("valid", .bool(isValid)), .init("errors", .integer(Int64(errors))),
            .init("warnings", .integer(Int64(warnings))),
            .init("diagnostics", .array(diagnostics.map { $0.json })),
        ])
        return String(decoding: document.serialized(pretty: true), as: UTF8.self) + "\n"
    }
}

extension Diagnostic {
    fileprivate var json: JSONValue {
        .object([
            .init("code", .string(code.rawValue)), .init("severity", .string(severity.rawValue)),
            .init("message", .string(message)), .init("file", .string(file)), .init("line", .integer(Int64(line))),
            .init("column", .integer(Int64(column))), .init("end_line", .integer(Int64(endLine))),
            .init("end_column", .integer(Int64(endColumn))), .init("notes", .array(notes.map { .string($0) })),
            .init("help", .array(help.map { .string($0) })),
            .init("source", excerpt.map { .string($0.line) } ?? .null),
        ])
    }
}
