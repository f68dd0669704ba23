internal import CPosix
internal import Commands
internal import Glibc

@main
struct Dunnage {
    static func main() {
        cposix_keep_memory_private()
        cposix_return_memory_early()
        exit(
            CommandLineProgram.run(
                Array(CommandLine.arguments.dropFirst()), environment: ProcessEnvironment.variables,
                trapsSignals: true))
    }
}
