internal import ArgumentParser
internal import Configuration
internal import Jobs

/// The command `dunnage explain`: what a code means, or why a path is in a backup or not.
struct ExplainCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Says what a code means; or which line keeps a path in or out, and which versions hold it.",
        discussion: """
            Codes are those of diagnostics (E021, W101), of problems and failures in reports (W202, E304), and exit \
            codes (78). A path, with --config, is looked at as the next backup would; nothing is changed.
            """)

    @Argument(
        help: ArgumentHelp(
            "The code; or the file or folder, where one that ends with / is a folder.", valueName: "code|path")
    )
    var subject: String

    @Option(
        name: [.customShort("c"), .customLong("config")],
        help: ArgumentHelp(
            "The configuration of a path: a file, a folder of *.yaml files, or -; may be repeated.", valueName: "path"),
        completion: .file(extensions: ["yaml", "yml"]))
    var paths: [String] = []

    @OptionGroup
    var settings: SettingOption

    @Option(help: ArgumentHelp("The job; all that the path concerns unless told.", valueName: "name"))
    var job: String?

    @Option(
        help: ArgumentHelp(
            "The job's destination to look for versions in; its first one unless told.", valueName: "name"))
    var destination: String?

    @Flag(help: "Look at the configuration and the files only, at no store.")
    var offline = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func validate() throws {
        if subject.isEmpty { throw ValidationError("The path is empty. \(StoreChoice.hint)") }
        if offline, destination != nil {
            throw ValidationError("'--offline' and '--destination' exclude each other.")
        }
        if paths.isEmpty, job != nil || destination != nil || offline || json || !settings.values.isEmpty {
            throw ValidationError("A path needs its configuration: add '--config FILE'.")
        }
    }

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        // A file that is named like a code is one all the same as soon as there is a configuration.
        if paths.isEmpty { return try ExplainCodeAction(code: subject).perform(program) }
        return try ExplainPathAction(
            path: subject, input: ConfigurationInput(paths, settings: settings.values), job: job,
            destination: destination, isOffline: offline, json: json
        ).perform(program)
    }
}
