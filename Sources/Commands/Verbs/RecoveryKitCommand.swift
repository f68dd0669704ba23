internal import ArgumentParser
internal import Jobs

/// The command `dunnage recovery-kit`.
struct RecoveryKitCommand: ProgramCommand {
    /// What the document is.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case html
    }

    static let configuration = CommandConfiguration(
        commandName: "recovery-kit",
        abstract: "Prints what somebody needs to restore who has nothing else: to be put on paper.",
        discussion: """
            Where each store is, what opens it, its newest versions, and what to type: with this program, with \
            Duplicati's, and with neither. No destination is asked. Secrets are left blank, to be filled in by hand, \
            unless --with-secrets is given; then the file is for its owner only.
            """)

    @Argument(
        help: ArgumentHelp("The jobs in it; all of the configuration unless told.", valueName: "job"),
        completion: .custom(JobNameCompletion.names))
    var jobs: [String] = []

    @OptionGroup
    var configuration: ConfigurationOption

    @Option(help: ArgumentHelp("What it is: text, or html for printing on A4.", valueName: "format"))
    var format = Format.text

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp(
            "The file to write, instead of standard output; one that is there is replaced.", valueName: "file"),
        completion: .file())
    var file: String?

    @Flag(help: "Fetch the secrets, and print them in clear.")
    var withSecrets = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func validate() throws {
        if file == "" { throw ValidationError("'--output' is empty. \(StoreChoice.hint)") }
    }

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try RecoveryKitAction(
            configuration: configuration.input, jobs: jobs, format: format, file: file, withSecrets: withSecrets
        ).perform(program)
    }
}
