import ArgumentParser
import Configuration
import Engine
import Jobs
import Logging
import Support
import Testing

@testable import Commands

@Suite("The command line")
struct ArgumentTests {
    private func parse<Command: ParsableCommand>(_ line: String, as type: Command.Type = Command.self) throws -> Command
    {
        try #require(try DunnageCommand.parseAsRoot(line.split(separator: " ").map(String.init)) as? Command)
    }

    @Test("run takes jobs and a configuration")
    func run() throws {
        let command: RunCommand = try parse("run home photos -c dunnage.yaml --fail-on warning --json -vv")
        #expect(command.jobs == ["home", "photos"])
        #expect(command.configuration.paths == ["dunnage.yaml"])
        #expect(command.warnings.failsOnWarning)
        #expect(command.json)
        #expect(command.output.level == .debug)
        #expect(throws: (any Error).self) { try parse("run home", as: RunCommand.self) }
    }

    @Test("output options")
    func output() throws {
        let command: VersionCommand = try parse("version --log-format json --progress plain --no-color -q")
        #expect(command.output.logFormat == .json)
        #expect(command.output.progress == .plain)
        #expect(command.output.noColor)
        #expect(command.output.level == .error)
        #expect(try parse("version", as: VersionCommand.self).output.level == nil)
        #expect(try parse("version -q", as: VersionCommand.self).output.progressStyle == .none)
        for wrong in ["version -q -v", "version --log-format xml", "version --progress json"] {
            #expect(throws: (any Error).self, "\(wrong)") { try parse(wrong, as: VersionCommand.self) }
        }
    }

    @Test("a store is named by a job or by a URL, and not by both")
    func store() throws {
        let byJob: FilesCommand = try parse("files home *.txt -c f --destination disk --version 3")
        let choice = try StoreChoice(byJob.store, words: byJob.words, patterns: .optional)
        guard case .job("home", destination: "disk", configuration: ConfigurationInput(["f"])) = choice.place else {
            Issue.record("\(choice.place)")
            return
        }
        #expect(choice.patterns == ["*.txt"])
        #expect(byJob.version.text == "3")
        let byURL: RestoreCommand = try parse(
            "restore /home/anna --store file:///b --passphrase-file p --target t --overwrite newer")
        let other = try StoreChoice(byURL.store, words: byURL.words, patterns: .optional)
        guard case .url("file:///b", passphraseFile: "p") = other.place else {
            Issue.record("\(other.place)")
            return
        }
        #expect(other.patterns == ["/home/anna"])
        #expect(byURL.overwrite.rule == .newer)
        #expect(byURL.target == "t")
        let wrong = [
            "versions home", "versions -c f --store u", "versions home -c f --passphrase-file p",
            "versions --store u --destination d", "restore --no-such-option", "restore -c f --overwrite maybe",
        ]
        for line in wrong {
            #expect(throws: (any Error).self, "\(line)") {
                try DunnageCommand.parseAsRoot(line.split(separator: " ").map(String.init))
            }
        }
    }

    @Test("words that do not fit a command are a usage error")
    func words() throws {
        let versions: VersionsCommand = try parse("versions home extra -c f")
        let find: FindCommand = try parse("find home -c f")
        let nothing: VerifyCommand = try parse("verify -c f")
        let cases: [() throws -> Void] = [
            { _ = try StoreChoice(versions.store, words: versions.words, patterns: .none) },
            { _ = try StoreChoice(find.store, words: find.words, patterns: .required) },
            { _ = try StoreChoice(nothing.store, words: nothing.words, patterns: .none) },
        ]
        for attempt in cases {
            #expect(#expect(throws: Failure.self) { try attempt() }?.exitCode == .usage)
        }
    }

    @Test(
        "empty words are a usage error, not the working folder or everything",
        arguments: [
            ["restore", "job", "-c", "none.yaml", "--target", ""], ["restore", "job", "", "-c", "none.yaml"],
            ["restore", "", "-c", "none.yaml"], ["restore", "", "--store", "file:///nonexistent"],
            ["find", "job", "", "-c", "none.yaml"], ["versions", "", "-c", "none.yaml"],
            ["plan", "none.yaml", "--against", ""], ["plan", "none.yaml", "--approve", ""],
        ])
    func emptyWords(arguments: [String]) throws {
        let null = try FileDescriptor.open("/dev/null", flags: 1)
        #expect(CommandLineProgram.run(arguments, environment: [:], output: null.raw, error: null.raw) == 2)
    }

    @Test("every command has help that names it")
    func help() {
        for command in DunnageCommand.configuration.subcommands {
            let help = DunnageCommand.helpMessage(for: command, columns: 100)
            #expect(help.contains("USAGE: dunnage \(command._commandName)"))
            #expect(!help.contains("Optional("))
        }
    }
}
