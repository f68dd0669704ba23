public import JSON
public import Ledger
internal import Support

extension RunRecord {
    /// The run for machines.
    public var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("id", .string(start.id)), .init("job", .string(start.job)),
            .init("kind", .string(start.kind.rawValue)),
            .init("trigger", .string(start.trigger.rawValue)), .init("attempt", .integer(Int64(start.attempt))),
            .init("due", start.due.map { .string($0.iso8601) } ?? .null),
            .init("started", .string(start.started.iso8601)), .init("state", .string(state.rawValue)),
            .init("config", .string(start.configuration)),
        ]
        guard let end else { return .object(members) }
        members += [
            .init("finished", .string(end.finished.iso8601)),
            .init(
                "duration_ms",
                .integer((end.finished.unixNanoseconds - start.started.unixNanoseconds) / 1_000_000)),
            .init("reason", Self.text(end.reason)), .init("exit_code", .integer(Int64(end.exitCode))),
            .init("code", Self.text(end.code)), .init("message", Self.text(end.message)),
            .init("files", end.files.map { .integer($0) } ?? .null),
            .init("bytes", end.bytes.map { .integer($0) } ?? .null), .init("warnings", .integer(end.warnings)),
            .init("destinations", .array(end.destinations.map(\.json))),
        ]
        return .object(members)
    }

    fileprivate static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
}

extension DestinationRecord {
    /// What came of a destination, for machines.
    fileprivate var json: JSONValue {
        .object([
            .init("name", .string(name)), .init("state", .string(state.rawValue)),
            .init("version", version.map { .string($0.iso8601) } ?? .null), .init("partial", .bool(isPartial)),
            .init("uploaded_bytes", .integer(uploadedBytes)),
            .init("stored_bytes", storedBytes.map { .integer($0) } ?? .null),
            .init("versions", versions.map { .integer($0) } ?? .null), .init("retries", .integer(retries)),
            .init("duration_ms", .integer(milliseconds)), .init("code", RunRecord.text(code)),
            .init("message", RunRecord.text(message)),
        ])
    }
}

extension Occurrence {
    /// The occurrence for machines.
    public var json: JSONValue {
        .object([
            .init("job", .string(job)), .init("kind", .string(kind.rawValue)), .init("due", .string(due.iso8601)),
            .init("last", .string(last.iso8601)),
            .init("count", .integer(Int64(count))), .init("state", .string(state.rawValue)),
            .init("reason", RunRecord.text(reason?.rawValue)), .init("run", RunRecord.text(run)),
        ])
    }
}
