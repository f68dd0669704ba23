internal import ArgumentParser
internal import Jobs
internal import Secrets
internal import Support

/// Where a passphrase comes from: never from the command line itself, which every user of the machine can see.
struct PassphraseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The file with the passphrase; one newline at its end does not count.", valueName: "file"))
    var passphraseFile: String?

    @Option(help: ArgumentHelp("The environment's variable with the passphrase.", valueName: "name"))
    var passphraseEnv: String?

    func validate() throws {
        if passphraseFile != nil, passphraseEnv != nil {
            throw ValidationError("'--passphrase-file' and '--passphrase-env' exclude each other.")
        }
    }

    /// The passphrase, when there is one.
    func passphrase(_ program: Program) throws -> Secret? {
        let name = "passphrase"
        let source: SecretSource
        if let passphraseFile {
            source = .file(passphraseFile)
        } else if let passphraseEnv {
            source = .environment(passphraseEnv)
        } else {
            return nil
        }
        let secrets = SecretStore(sources: [name: source], environment: program.environment, mask: program.mask)
        return try secrets.secret(SecretReference(name))
    }
}
