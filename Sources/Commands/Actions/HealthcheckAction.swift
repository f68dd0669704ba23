internal import Configuration
internal import JSON
internal import Jobs
internal import Transport

/// Asks a service whether it lives and is ready.
struct HealthcheckAction {
    let configuration: ConfigurationInput?
    let stateFolder: String?
    let looksAtObjectives: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let complaint = try complaint(program)
        try program.tell {
            if !program.output.isQuiet || complaint != nil { try program.console.print(complaint ?? "ok") }
        }
        return complaint == nil ? .success : .failure
    }

    private func complaint(_ program: Program) throws -> String? {
        let folder: String?
        if let stateFolder {
            folder = stateFolder
        } else if let configuration {
            folder = try program.load(configuration).configuration.runtime.stateDirectory
        } else {
            folder = nil
        }
        let state = StateFolder(folder, environment: program.environment)
        let service = RunningService(state)
        do throws(TransportError) {
            for probe in ["/livez", "/readyz"] {
                let answer = try service.get(probe)
                guard answer.status == 200 else {
                    return String(decoding: answer.body, as: UTF8.self).split(separator: "\n").first.map(String.init)
                        ?? "status \(answer.status)"
                }
            }
            return looksAtObjectives ? try overdue(service) : nil
        } catch {
            return "not ok: no service answers at \(state.socket) (\(error))"
        }
    }

    /// The jobs whose newest good version is older than it may be.
    private func overdue(_ service: RunningService) throws(TransportError) -> String? {
        let answer = try service.get("/status")
        guard answer.status == 200 else { return "not ok: \(answer.detail)" }
        var late: [String] = []
        for job in answer.json["jobs"]?.array ?? [] where job["enabled"]?.bool == true {
            for destination in job["destinations"]?.array ?? [] where destination["overdue"]?.bool == true {
                late.append("\(job["job"]?.string ?? "") at \(destination["name"]?.string ?? "")")
            }
        }
        return late.isEmpty ? nil : "not ok: overdue: \(late.joined(separator: ", "))"
    }
}
