internal import Configuration
internal import Glibc
internal import JSON
internal import Jobs
internal import Ledger
internal import Listening
internal import Secrets
internal import Service
internal import Support

/// Runs, with what is kept of them.
extension ServiceAPI {
    /// A page of runs.
    func runs(_ call: Call) throws -> JSONValue {
        let limit = call.number("limit") ?? 100
        let runs = try setting.ledger.runs(
            job: call.text("job"), state: call.text("state").flatMap { RunState(rawValue: $0) }, limit: limit + 1,
            before: call.text("before"))
        let page = runs.prefix(limit)
        return .object([
            .init("runs", .array(page.map { masked($0).json })),
            .init("next", runs.count > limit ? page.last.map { .string($0.start.id) } ?? .null : .null),
        ])
    }

    /// One run.
    func run(_ call: Call) throws -> JSONValue {
        let id = call.text("run") ?? ""
        let status = service.status
        let current = status.running.first { $0.id.description == id }
        if let record = try record(id) {
            var members = masked(record).json.object ?? []
            if record.end == nil { members.append(.init("current", current?.json ?? .null)) }
            return .object(members)
        }
        // It is about to be written down, or waits for room.
        if let current { return unwritten(id, current.job, "running", current) }
        if let waiting = status.waiting.first(where: { $0.id.description == id }) {
            return unwritten(id, waiting.job, "waiting", nil)
        }
        throw APIProblem.notFound("There is no run \(id).")
    }

    private func unwritten(
        _ id: String, _ job: String, _ state: String, _ current: ServiceStatus.Activity?
    ) -> JSONValue {
        .object([
            .init("id", .string(id)), .init("job", .string(job)),
            .init("kind", .string((current?.kind ?? .backup).rawValue)),
            .init("trigger", .string((current?.trigger ?? .api).rawValue)), .init("attempt", .integer(1)),
            .init("due", .null), .init("started", (current?.started).json), .init("state", .string(state)),
            .init("config", .string(service.configuration.hash)), .init("current", current?.json ?? .null),
        ])
    }

    private func record(_ id: String) throws -> RunRecord? {
        try setting.ledger.runs(beginningWith: id).first { $0.start.id == id }
    }

    private func masked(_ record: RunRecord) -> RunRecord {
        guard var end = record.end else { return record }
        end.message = end.message.map(setting.mask.apply)
        end.reason = end.reason.map(setting.mask.apply)
        return RunRecord(start: record.start, end: end, process: record.process)
    }

    // MARK: Files

    /// What is kept of the report of a run.
    func report(_ call: Call) throws -> ServerResponse {
        let id = try writtenRun(call)
        do throws(SystemError) {
            return .bytes(
                type: "application/json", try SmallFile.read(setting.state.report(ofRun: id), limit: 1 << 20))
        } catch {
            guard error.code == ENOENT else { throw error }
            throw APIProblem.notFound("Run \(id) has no report: it has not ended, or the report is not there any more.")
        }
    }

    /// The log of a run, from an offset on.
    func log(_ call: Call) throws -> ServerResponse {
        let id = try writtenRun(call)
        let offset = call.number("offset") ?? 0
        let file: FileDescriptor
        do throws(SystemError) {
            file = try FileDescriptor.open(setting.state.log(ofRun: id))
        } catch {
            guard error.code == ENOENT else { throw error }
            throw APIProblem.notFound("The log of run \(id) is not there any more.")
        }
        // No log is longer than two megabytes and a line.
        let count = min(max(0, Int(try file.size()) - offset), 4 << 20)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, count), alignment: 1)
        defer { buffer.deallocate() }
        let read = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]), at: Int64(offset))
        return .bytes(type: "text/plain; charset=utf-8", Array(buffer[..<read]))
    }

    private func writtenRun(_ call: Call) throws -> String {
        let id = call.text("run") ?? ""
        guard try record(id) != nil else { throw APIProblem.notFound("There is no run \(id).") }
        return id
    }
}
