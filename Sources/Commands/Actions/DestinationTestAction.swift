internal import Configuration
internal import Destinations
internal import JSON
internal import Jobs
internal import Secrets

/// Tries destinations out, and says of each what works.
struct DestinationTestAction {
    let names: [String]
    let options: DestinationOptions
    let level: DestinationProbe.Level
    let creates: Bool
    let json: Bool
    let failsOnWarning: Bool

    /// A destination that was tried out.
    private struct Result {
        let name: String?
        let report: ProbeReport
        let code: Jobs.ExitCode
    }

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let named = try NamedDestinations(names, options, program)
        var results: [Result] = []
        for item in named.items {
            let result = try probe(item, program)
            results.append(result)
            if !json { try program.tell { try show(result, program) } }
        }
        let code = Jobs.ExitCode.worst(of: results.map(\.code))
        if json {
            try program.tell {
                try program.console.print(
                    document: "destination-test",
                    [
                        .init("exit_code", .integer(Int64(code.rawValue))),
                        .init("destinations", .array(results.map { $0.report.json(name: $0.name) })),
                    ])
            }
        }
        return code
    }

    private func probe(_ item: NamedDestinations.Item, _ program: Program) throws -> Result {
        let destination: any Destination
        let storing: (any Destination)?
        do throws(Failure) {
            destination = try item.open(true).destination
            // What would be locked could not be removed again.
            storing = item.specification?.immutability == nil ? nil : try item.open(false).destination
        } catch {
            let label = item.specification.map { "\($0.url)" } ?? "-"
            let report = ProbeReport(label: program.mask.apply(to: label), unusable: error.message)
            return Result(name: item.name, report: report, code: error.exitCode)
        }
        let probe = DestinationProbe(destination, storing: storing, level: level) { [creates, level] in
            if creates { return true }
            return level == .writing
                && Confirmation.isGiven("\(destination.label) is missing. Making it", on: program.console)
        }
        let report = try probe.run()
        return Result(name: item.name, report: report, code: code(of: report, program))
    }

    private func code(of report: ProbeReport, _ program: Program) -> Jobs.ExitCode {
        switch report.judgement {
        case .bad:
            let bad = report.findings.filter { $0.judgement == .bad }
            return .worst(of: bad.map { $0.error.map { Failure($0).exitCode } ?? .failure })
        case .doubtful: return failsOnWarning ? .warnings : .success
        default: return .success
        }
    }

    private func show(_ result: Result, _ program: Program) throws {
        for line in ProbeText(result.report, name: result.name, isQuiet: program.output.isQuiet).lines {
            try program.console.print(line)
        }
    }
}
