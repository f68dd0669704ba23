internal import Configuration
internal import Engine
internal import JSON
internal import Jobs

/// Says what a change of the configuration will do, and whether somebody has to approve it.
struct PlanAction {
    let input: ConfigurationInput
    let against: String?
    let job: String?
    let isOffline: Bool
    let format: PlanCommand.Format
    let isDetailed: Bool
    /// Whether what needs an approval is refused without one.
    let isGate: Bool
    let approvals: [String]

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let candidate: LoadedConfiguration
        do {
            candidate = try program.load(input)
        } catch let error as InvalidConfiguration {
            try refuse(error, program)
            return .configuration
        }
        let state = StateFolder(candidate.configuration.runtime.stateDirectory, environment: program.environment)
        let base =
            try against.map {
                try PlanBase($0, candidates: input.paths, state: state, environment: program.environment)
            } ?? .nothing
        let setting = program.setting(candidate.configuration.runtime)
        var options = Planner.Options()
        options.job = job
        options.isOffline = isOffline
        let progress = RunProgress()
        setting.progress.watch(progress)
        defer { setting.progress.watch(nil) }
        let plan = try Planner(
            candidate, against: base, options: options, environment: program.environment, logger: setting.logger,
            mask: program.mask, interruption: program.interruption, progress: progress
        ).plan()
        setting.progress.watch(nil)
        let isApproved = approvals.contains { plan.isApproved(by: $0) }
        let verdict = PlanVerdict(plan, isGate: isGate, isApproved: isApproved)
        try program.tell {
            switch format {
            case .json:
                try program.console.print(document: "plan", plan.json + verdict.json)
            case .text:
                for line in PlanText(plan, verdict, zone: setting.zone).lines { try program.console.print(line) }
            case .markdown:
                for line in PlanMarkdown(plan, verdict, zone: setting.zone).lines { try program.console.print(line) }
            }
        }
        if verdict == .refused { return .refused }
        guard isDetailed, plan.hasChanges else { return .success }
        return plan.needsApproval ? .destructiveChanges : .changes
    }

    /// Tells what keeps the candidate from being used, in the form that was asked for.
    private func refuse(_ error: InvalidConfiguration, _ program: Program) throws {
        try program.tell {
            switch format {
            case .json:
                try program.console.print(
                    document: "plan",
                    [.init("valid", .bool(false)), .init("diagnostics", .array(error.diagnostics.map(\.planned)))])
            case .text: try program.console.write(Array(error.render().utf8))
            case .markdown:
                for line in PlanMarkdown.refusal(error) { try program.console.print(line) }
            }
        }
    }
}

/// Whether a plan may be carried out.
enum PlanVerdict: String {
    /// Nothing in it needs an approval.
    case harmless = "not_needed"
    /// Somebody has approved it.
    case approved
    /// It needs an approval; nobody asked for one here.
    case needed
    /// It needs an approval, which was asked for and is not there.
    case refused

    init(_ plan: Plan, isGate: Bool, isApproved: Bool) {
        self = !plan.needsApproval ? .harmless : isApproved ? .approved : isGate ? .refused : .needed
    }

    /// The member of a document that says so.
    var json: [JSONValue.Member] { [.init("approval", .string(rawValue))] }
}
