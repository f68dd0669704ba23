internal import ArgumentParser

/// Whether a command that deletes something may do it without asking.
struct ConfirmationOptions: ParsableArguments {
    @Flag(help: "Do not ask.")
    var yes = false

    @Flag(help: "Say what would be done, and change nothing.")
    var dryRun = false
}
