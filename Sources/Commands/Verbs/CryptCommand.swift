internal import ArgumentParser
internal import Jobs

/// The command `dunnage crypt`.
struct CryptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crypt", abstract: "Encrypts or decrypts a file as the objects of a store are.",
        subcommands: [EncryptCommand.self, DecryptCommand.self])

    /// The command `dunnage crypt encrypt`.
    struct EncryptCommand: ProgramCommand {
        static let configuration = CommandConfiguration(
            commandName: "encrypt", abstract: "Encrypts a file, or standard input, to AES Crypt.",
            usage: "dunnage crypt encrypt [<input>] [<output>] --passphrase-file <file> [<options>]")

        @OptionGroup
        var files: CryptFiles

        @Option(help: ArgumentHelp("The version of AES Crypt, 2 or 3; every Duplicati reads 2.", valueName: "n"))
        var format = 2

        @Option(help: ArgumentHelp("How often version 3 repeats its key derivation.", valueName: "n"))
        var iterations: Int?

        @OptionGroup(title: "Output options")
        var output: OutputOptions

        func validate() throws {
            guard [2, 3].contains(format) else { throw ValidationError("'--format' is 2 or 3.") }
            if let iterations {
                guard format == 3 else { throw ValidationError("'--iterations' goes with '--format 3'.") }
                guard (1...5_000_000).contains(iterations) else {
                    throw ValidationError("'--iterations' is a number of 1 to 5000000.")
                }
            }
        }

        func perform(_ program: Program) throws -> Jobs.ExitCode {
            try CryptAction(files: files, direction: .encrypt(format: format, iterations: iterations)).perform(program)
        }
    }

    /// The command `dunnage crypt decrypt`.
    struct DecryptCommand: ProgramCommand {
        static let configuration = CommandConfiguration(
            commandName: "decrypt", abstract: "Decrypts a file, or standard input, of AES Crypt versions 1 to 3.",
            usage: "dunnage crypt decrypt [<input>] [<output>] --passphrase-file <file> [<options>]")

        @OptionGroup
        var files: CryptFiles

        @Flag(help: "Accept padding bytes of other programs, which may have any value.")
        var ignorePadding = false

        @OptionGroup(title: "Output options")
        var output: OutputOptions

        func perform(_ program: Program) throws -> Jobs.ExitCode {
            try CryptAction(files: files, direction: .decrypt(checksPadding: !ignorePadding)).perform(program)
        }
    }
}

/// What is read, what is written, and with which passphrase.
struct CryptFiles: ParsableArguments {
    @Argument(help: ArgumentHelp("The file to read; '-' or nothing is standard input.", valueName: "input"))
    var input = "-"

    @Argument(help: ArgumentHelp("The file to write; '-' or nothing is standard output.", valueName: "output"))
    var target = "-"

    @OptionGroup
    var passphrase: PassphraseOptions

    @Flag(help: "Replace the file that is written if it is there.")
    var force = false

    func validate() throws {
        if passphrase.passphraseFile == nil, passphrase.passphraseEnv == nil {
            throw ValidationError("Name the passphrase with '--passphrase-file' or '--passphrase-env'.")
        }
    }
}
