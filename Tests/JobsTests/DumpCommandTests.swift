import Configuration
import Foundation
import Secrets
import Support
import Testing

@testable import Jobs

@Suite("The password of a dump in a container")
struct DumpCommandTests {
    private static let password = "pass: 'word' \"$HOME\" \\ #x"

    private func command(_ server: String, _ keys: String) throws -> DumpCommand {
        let fixture = try Fixture()
        try fixture.write(Self.password + "\n", to: "password")
        let text = """
            version: 1
            secrets: { password: { file: \(fixture.path)/password } }
            destinations: { disk: { url: "file://\(fixture.path)/backup" } }
            jobs:
              home:
                encryption: none
                destinations: [disk]
                sources:
                  - path: /dumps/app
                    \(server): { container: app-db, password: { secret: password }, \(keys) }

            """
        let context = try fixture.context(text)
        guard case .database(let dump)? = try context.configuration.findJob("home").sources.first?.dump else {
            throw Missing()
        }
        return try DumpCommand(dump, context.secrets)
    }

    private struct Missing: Error {}

    @Test("is in no argument and in no file of this machine", arguments: ["postgresql", "mariadb", "mongodb", "redis"])
    func hidden(_ server: String) throws {
        let command = try command(server, "username: backup")
        #expect(command.folder == nil && command.environment.count == 1)
        #expect(!command.arguments.contains { $0.contains("pass:") || $0.contains("'word'") })
    }

    @Test("of MongoDB reaches the program as a file that is a pipe, and is not in its environment")
    func mongodb() throws {
        let folder = try TemporaryFolder(prefix: "dunnage-mongo")
        let program = "\(folder.path)/mongodump"
        try Data("#!/bin/sh\nprintf '%s|' \"$@\"; cat /dev/stdin; env | grep -c DUNNAGE_LOGIN\nexit 7\n".utf8)
            .write(to: URL(fileURLWithPath: program))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        let command = try command("mongodb", "username: backup, database: app, tool: \(program)")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command.arguments
        process.environment = command.environment.merging(["PATH": "/usr/bin:/bin"]) { $1 }
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        // Its own exit code is that of the command.
        #expect(process.terminationStatus == 7)
        let quoted = Self.password.replacing("'", with: "''")
        #expect(
            text == "--config=/dev/stdin|--archive|--quiet|--username=backup|--db=app|password: '\(quoted)'\n0\n")
    }
}
