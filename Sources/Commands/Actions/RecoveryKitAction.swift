internal import Configuration
internal import Glibc
internal import Jobs
internal import Secrets
internal import Support

/// Prints a recovery kit.
struct RecoveryKitAction {
    let configuration: ConfigurationInput
    let jobs: [String]
    let format: RecoveryKitCommand.Format
    let file: String?
    let withSecrets: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let output = program.console.outputDescriptor
        guard !withSecrets || file != nil || isatty(output) == 0 else {
            throw Failure(
                .configuration, .usage,
                "Secrets are not shown on a terminal. Name a file with `--output`, or send the output to a program that "
                    + "prints or encrypts it.")
        }
        let loaded = try program.load(configuration)
        let setting = program.setting(loaded.configuration.runtime)
        loaded.log(to: setting.logger)
        let kit = try RecoveryKit(
            loaded.configuration, jobs: jobs, files: configuration.paths, environment: program.environment)
        let values =
            withSecrets
            ? try kit.values(
                from: SecretStore(of: loaded.configuration, environment: program.environment, mask: program.mask)) : nil
        let page = KitPage(kit, values: values, at: .now(), zone: setting.zone)
        let lines =
            switch format {
            case .text: KitPageText(page).lines
            case .html: KitPageHTML(page).lines
            }
        let text = Array((lines.joined(separator: "\n") + "\n").utf8)
        guard let file else {
            try program.tell { try program.console.write(text) }
            return .success
        }
        try write(text, to: file)
        return .success
    }

    /// Writes the file as a whole, readable by its owner only where secrets are in it.
    private func write(_ text: [UInt8], to file: String) throws {
        let fresh = "\(file).\(getpid()).part"
        let target = try FileDescriptor.open(
            fresh, flags: O_WRONLY | O_CREAT | O_EXCL, mode: withSecrets ? 0o600 : 0o644)
        do {
            try text.withUnsafeBytes { try target.write(all: $0) }
            try target.synchronize()
            try FileTree.rename(fresh, to: file)
        } catch {
            unlink(fresh)
            throw error
        }
    }
}
