internal import Configuration
internal import Jobs
internal import Ledger
internal import Support

/// Prints the log of a run.
struct LogsAction {
    let configuration: ConfigurationInput
    let run: String

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let opened = try OpenedLedger(configuration, program)
        let found = try opened.ledger.runs(beginningWith: run)
        guard let one = found.first, found.count == 1 else {
            throw Failure(
                .notFound, .usage,
                found.isEmpty
                    ? "No run has an identifier that begins with “\(run)”. `dunnage history` lists them."
                    : "Several runs have identifiers that begin with “\(run)”. Write more of it.")
        }
        let file: FileDescriptor
        do throws(SystemError) {
            file = try FileDescriptor.open(opened.state.log(ofRun: one.start.id))
        } catch {
            throw Failure(.notFound, .failure, "The log of run \(one.start.id) is not there any more.")
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try file.read(into: buffer)
            guard count > 0 else { return .success }
            try program.console.write(raw: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}
