internal import Commands
internal import Glibc

@main
struct Dunnage {
    static func main() {
        exit(
            CommandLineProgram.run(
                Array(CommandLine.arguments.dropFirst()), environment: ProcessEnvironment.variables,
                trapsSignals: true))
    }
}
