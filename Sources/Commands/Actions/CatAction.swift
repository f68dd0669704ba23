internal import Engine
internal import Jobs
internal import Support

/// Writes one file to standard output.
struct CatAction {
    let store: StoreChoice
    let path: String
    let version: String?

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let opened = try OpenedStore(store, program)
        opened.endProgress()
        let selector = try opened.version(version)
        let isWhole = try FileExport(session: opened.session, problems: opened.problems)
            .write(Array(path.utf8), of: selector) { bytes in try program.console.write(raw: bytes) }
        try program.console.flush()
        return isWhole ? opened.exitCode : .failure
    }
}
