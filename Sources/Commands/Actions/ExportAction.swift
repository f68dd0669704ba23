internal import Engine
internal import Glibc
internal import Jobs
internal import Support

/// Writes a version as a tar archive.
struct ExportAction {
    let store: StoreChoice
    let version: String?
    let target: String

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        guard target != "-" || isatty(STDOUT_FILENO) == 0 else {
            throw Failure(
                .configuration, .usage, "An archive on a terminal is of no use. Send it to a file or a program.")
        }
        let patterns = try OpenedStore.expressions(store.patterns)
        let opened = try OpenedStore(store, program)
        defer { opened.endProgress() }
        let selector = try opened.version(version)
        let export = TarExport(session: opened.session, problems: opened.problems)
        let summary: TarExport.Summary
        if target == "-" {
            summary = try export.write(selector, matching: patterns) { try program.console.write(raw: $0) }
            try program.console.flush()
        } else {
            let file = try FileDescriptor.open(target, flags: O_WRONLY | O_CREAT | O_EXCL)
            do {
                summary = try export.write(selector, matching: patterns) { bytes in try file.write(all: bytes) }
            } catch {
                unlink(target)
                throw error
            }
            opened.endProgress()
            if !program.output.isQuiet {
                try program.tell {
                    try program.console.print(
                        "Exported the version of \(opened.setting.zone.text(summary.version)) to \(target): "
                            + "\(HumanText.count(summary.files, "file")), \(HumanText.size(summary.bytes)), "
                            + "\(HumanText.count(summary.folders, "folder")), "
                            + "\(HumanText.count(summary.symlinks, "link")).")
                }
            }
        }
        return summary.failed > 0 ? .failure : opened.exitCode
    }
}
