internal import CPosix
internal import Commands
internal import Glibc

@main
struct Dunnage {
    static func main() {
        // What the system may show of a process changes with its user.
        if let code = CommandLineProgram.becomeUser(environment: ProcessEnvironment.variables) { exit(code) }
        cposix_keep_memory_private()
        cposix_return_memory_early()
        FirstProcess.serve()
        exit(
            CommandLineProgram.run(
                Array(CommandLine.arguments.dropFirst()), environment: ProcessEnvironment.variables,
                trapsSignals: true))
    }
}
