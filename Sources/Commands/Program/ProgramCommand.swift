internal import ArgumentParser
internal import Jobs

/// A command that can be carried out once its arguments are read.
protocol ProgramCommand: ParsableCommand {
    /// What is shown of its work.
    var output: OutputOptions { get }

    /// Does what was asked for.
    /// - Returns: what the process returns, when nothing was thrown.
    /// - Throws: any error; the caller says it to the user and finds its code.
    func perform(_ program: Program) throws -> Jobs.ExitCode
}
