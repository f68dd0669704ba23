internal import Engine
internal import Glibc
internal import Jobs

/// Encrypts or decrypts one file.
struct CryptAction {
    /// Which way.
    enum Direction {
        case encrypt(format: Int, iterations: Int?)
        case decrypt(checksPadding: Bool)
    }

    let files: CryptFiles
    let direction: Direction

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        guard let passphrase = try files.passphrase.passphrase(program) else { return .usage }
        guard !files.input.isEmpty, !files.target.isEmpty else {
            throw Failure(.configuration, .usage, "A file's name is empty. \(StoreChoice.hint)")
        }
        let input = files.input == "-" ? FileCipher.Input.descriptor(STDIN_FILENO) : .file(files.input)
        let output =
            files.target == "-"
            ? FileCipher.Output.descriptor(program.console.outputDescriptor)
            : .file(files.target, replaces: files.force)
        let cipher = FileCipher(passphrase: passphrase)
        switch direction {
        case .encrypt(format: 3, let iterations):
            try cipher.encrypt(input, to: output, iterations: iterations ?? FileCipher.usualIterations)
        case .encrypt: try cipher.encrypt(input, to: output)
        case .decrypt(let checksPadding): try cipher.decrypt(input, to: output, checksPadding: checksPadding)
        }
        return .success
    }
}
