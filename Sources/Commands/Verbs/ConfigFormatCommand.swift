internal import ArgumentParser
internal import Jobs

/// The command `dunnage config fmt`.
struct ConfigFormatCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "fmt",
        abstract: "Brings a configuration into its usual form: order of keys, indentation, line ends.",
        discussion: """
            Prints the result unless told otherwise. Comments, quotes and line breaks within values stay as they are, \
            and so does the meaning.
            """)

    @Argument(help: "The configuration.")
    var file: String

    @Flag(help: "Print nothing, and return 1 when the file is not in its usual form.")
    var check = false

    @Flag(help: "Write the file.")
    var fix = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func validate() throws {
        if check, fix { throw ValidationError("'--check' and '--fix' contradict each other.") }
    }

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try ConfigFormatAction(file: file, use: check ? .check : fix ? .write : .print).perform(program)
    }
}
