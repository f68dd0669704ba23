internal import Configuration
internal import Destinations
internal import JSON
internal import Jobs
internal import Logging
internal import Secrets

/// Judges what the credentials of destinations could do to what is stored there.
struct DestinationDoctorAction {
    let names: [String]
    let options: DestinationOptions
    let json: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let named = try NamedDestinations(names, options, program)
        var documents: [JSONValue] = []
        var codes: [Jobs.ExitCode] = []
        for item in named.items {
            do {
                let report = try judge(item)
                codes.append(report.judgement == .bad ? .warnings : .success)
                documents.append(report.json(name: item.name))
                if !json { try program.tell { try show(report, item.name, program) } }
            } catch {
                let failure = Failure(error, stoppedBy: program.interruption.signal)
                // One of several that cannot be reached does not keep the others from being judged.
                guard named.items.count > 1, failure.code != .stopped else { throw failure }
                codes.append(failure.exitCode)
                documents.append(
                    .object([
                        .init("name", item.name.map { .string($0) } ?? .null), .init("judgement", .string("unknown")),
                        .init("error", .string(program.mask.apply(to: failure.message))),
                    ]))
                named.setting.logger.error(
                    "destination not judged",
                    metadata: ["destination": "\(item.name ?? "-")", "error": "\(failure.message)"])
            }
        }
        let code = Jobs.ExitCode.worst(of: codes)
        if json {
            try program.tell {
                try program.console.print(
                    document: "destination-doctor",
                    [.init("exit_code", .integer(Int64(code.rawValue))), .init("destinations", .array(documents))])
            }
        }
        return code
    }

    private func judge(_ item: NamedDestinations.Item) throws -> HistoryReport {
        let immutability = item.specification?.immutability
        let destination = try item.open(true).destination
        // What would be locked could not be removed again.
        let storing = immutability == nil ? nil : try item.open(false).destination
        return try HistoryProbe(destination, storing: storing, lockPeriod: immutability?.period.approximately).run()
    }

    private func show(_ report: HistoryReport, _ name: String?, _ program: Program) throws {
        for line in HistoryText(report, name: name, isQuiet: program.output.isQuiet).lines {
            try program.console.print(line)
        }
    }
}
