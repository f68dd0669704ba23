internal import ArgumentParser
internal import Configuration
internal import Jobs

/// The command `dunnage plan`.
struct PlanCommand: ProgramCommand {
    /// How the plan is written.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
        case markdown
    }

    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Says what a change of the configuration will do: to versions, files, stores and schedules.",
        discussion: """
            Changes nothing. Reads the stores whose retention changes, walks the sources whose filters change, and \
            fetches the secrets of the candidate; with --offline none of it. Without --against everything is new.
            """)

    @Argument(
        help: ArgumentHelp(
            "The candidate: files, folders of *.yaml files, or - for standard input.", valueName: "path"),
        completion: .file(extensions: ["yaml", "yml"]))
    var paths: [String]

    @OptionGroup
    var settings: SettingOption

    @Option(
        help: ArgumentHelp(
            "What holds: a file, a folder, git:REVISION[:PATH] for the candidate's files, or others, as they were, or "
                + "`service` for what the service follows.",
            valueName: "configuration"))
    var against: String?

    @Option(help: ArgumentHelp("The only job to look at.", valueName: "name"))
    var job: String?

    @Flag(help: "Read the configurations only: no store, no source, no secret.")
    var offline = false

    @Option(help: ArgumentHelp("text, json or markdown (for a pull request's comment).", valueName: "format"))
    var format: Format?

    @Flag(help: "Print JSON: the same as --format json.")
    var json = false

    @Flag(
        name: .customLong("detailed-exitcode"),
        help: "Return 20 when something changes, 21 when that needs an approval, 0 otherwise.")
    var detailedExitCode = false

    @Flag(help: "Return 4 when something needs an approval that --approve does not give.")
    var check = false

    @Option(
        help: ArgumentHelp(
            "The hash of a plan whose deletions somebody has approved; includes --check. May be repeated.",
            valueName: "hash"))
    var approve: [String] = []

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func validate() throws {
        if json, format != nil, format != .json {
            throw ValidationError("'--json' and '--format' contradict each other.")
        }
        if approve.contains("") { throw ValidationError("A hash is empty. \(StoreChoice.hint)") }
        if against == "" { throw ValidationError("'--against' is empty. \(StoreChoice.hint)") }
    }

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try PlanAction(
            input: ConfigurationInput(paths, settings: settings.values), against: against, job: job,
            isOffline: offline, format: format ?? (json ? .json : .text), isDetailed: detailedExitCode,
            isGate: check || !approve.isEmpty, approvals: approve
        ).perform(program)
    }
}
