import Foundation
import Glibc
import Support
import TestSupport
import Testing

/// Somebody who has the printed kit and the store, and nothing else of the machine that was backed up.
@Suite("The command recovery-kit")
struct RecoveryKitCommandTests {
    /// The lines of a kit that are typed, from the chapters of these numbers.
    private func commands(_ kit: String, chapters: Set<Character>) -> String {
        var lines: [Substring] = []
        var isWanted = false
        var before: Substring = ""
        for line in kit.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("==="), let number = before.first { isWanted = chapters.contains(number) }
            if isWanted, line.hasPrefix("    ") { lines.append(line.dropFirst(4)) }
            before = line
        }
        return lines.joined(separator: "\n")
    }

    /// The folder of a user on another machine, who has the program.
    private func machine(_ home: Household) throws -> String {
        try home.shell(
            """
            mkdir -p elsewhere/bin
            printf '#!/bin/sh\\nexec "%s" "$@"\\n' '\(Binary.path)' > elsewhere/bin/dunnage
            chmod 755 elsewhere/bin/dunnage
            """)
        return "\(home.path)/elsewhere"
    }

    /// Runs commands as somebody would type them.
    private func run(_ text: String, on machine: String) throws -> Binary.Result {
        try text.write(toFile: "\(machine)/typed.sh", atomically: true, encoding: .utf8)
        return try Binary.shell(
            "PATH=\(machine)/bin:$PATH exec bash -euo pipefail typed.sh", in: machine, environment: ["HOME": machine])
    }

    /// Everything below a folder; not the folder itself, which may have been there before.
    private func contents(_ home: Household, _ folder: String) throws -> [Substring] {
        try home.manifest(folder).split(separator: "\n").filter { !$0.hasPrefix("|d|") }
    }

    @Test(
        "the commands of a printed kit bring everything back: by configuration, by store, by recover, by Python alone")
    func followed() throws {
        let home = try Household()
        try home.backUp()
        try home.shell("echo 'the second version' >> tree/letters/first.txt")
        try home.backUp()
        let before = try contents(home, "tree")
        let printed = try home.dunnage("recovery-kit", "-c", "dunnage.yaml", "--with-secrets", "--output", "kit.txt")
        #expect(printed.code == 0, "\(printed.error)")
        #expect(printed.output.isEmpty)
        #expect(try home.shell("stat -c %a kit.txt").output == "600\n")
        let kit = try home.shell("cat kit.txt").output
        #expect(kit.contains("2 when this was printed"))
        #expect(kit.contains("correct horse battery staple"))
        // The machine burns down.
        try home.shell("mv tree original; rm -rf state passphrase dunnage.yaml")
        let machine = try machine(home)
        let state = try home.storeState()
        let typed = commands(kit, chapters: ["2", "3", "4", "6", "7"])
            .replacing("WANTED='*report*'", with: "WANTED='*first*'")
        let result = try run(typed, on: machine)
        try #require(result.code == 0, "\(result.output)\n\(result.error)")
        for way in ["restored/home", "direct/home", "recovered/home-disk\(home.path)/tree"] {
            #expect(try contents(home, "elsewhere/recovery/\(way)") == before, "\(way)")
        }
        #expect(
            try home.shell("cat elsewhere/recovery/some/home/first.txt").output == "Dear reader,\nthe second version\n")
        #expect(!result.output.contains("LOST") && !result.output.contains("WRONG"))
        let bare = try home.shell(
            "cd original && find . -type f -exec cmp {} ../elsewhere/recovery/bare\(home.path)/tree/{} \\;")
        #expect(bare.code == 0 && bare.output.isEmpty, "\(bare.output)\(bare.error)")
        #expect(try home.shell("find elsewhere/recovery/bare -name numbers.txt | wc -l").output == "1\n")
        // Nothing that the kit says changes the store.
        #expect(try home.storeState() == state)
    }

    @Test("without its secrets a kit holds none, has room for them, and works once they are filled in")
    func blanks() throws {
        let home = try Household()
        try home.backUp()
        let before = try contents(home, "tree")
        let kit = try home.dunnage("recovery-kit", "home", "-c", "dunnage.yaml")
        #expect(kit.code == 0)
        #expect(!kit.output.contains("correct horse"))
        #expect(kit.output.contains("passphrase: ____"))
        let html = try home.dunnage("recovery-kit", "-c", "dunnage.yaml", "--format", "html", "-o", "kit.html")
        #expect(html.code == 0)
        #expect(try home.shell("stat -c %a kit.html").output == "644\n")
        #expect(!(try home.shell("cat kit.html").output).contains("correct horse"))
        let typed = commands(kit.output, chapters: ["3", "4"])
            .replacing("cat > secrets/passphrase", with: "echo 'correct horse battery staple' > secrets/passphrase")
            .replacing("'*report*'", with: "'*first*'")
        try home.shell("mv tree original; rm -rf state dunnage.yaml")
        let machine = try machine(home)
        let result = try run(typed, on: machine)
        try #require(result.code == 0, "\(result.output)\n\(result.error)")
        #expect(try contents(home, "elsewhere/recovery/restored/home") == before)
    }

    @Test("a kit needs neither the store nor the secrets, and the configuration in it cannot back up")
    func offline() throws {
        let home = try Household()
        try home.shell("rm -rf backup passphrase")
        let kit = try home.dunnage("recovery-kit", "-c", "dunnage.yaml")
        #expect(kit.code == 0, "\(kit.error)")
        #expect(kit.output.contains("not known when this was printed: this machine had no catalog of it"))
        let secrets = try home.dunnage("recovery-kit", "-c", "dunnage.yaml", "--with-secrets", "-o", "kit.txt")
        #expect(secrets.code == 78)
        #expect(try home.shell("ls kit.txt*").code != 0)
        try home.shell("mkdir backup; echo x > passphrase")
        let machine = try machine(home)
        let typed = commands(kit.output, chapters: ["3"])
            .replacing("cat > secrets/passphrase", with: "echo x > secrets/passphrase")
        #expect(try run(typed + "\ndunnage run home -c kit.yaml", on: machine).code == 1)
        #expect(try home.shell("ls backup").output.isEmpty)
    }

    @Test("secrets are not shown on a terminal")
    func terminal() throws {
        let home = try Household()
        let command = "'\(Binary.path)' recovery-kit -c dunnage.yaml --with-secrets"
        let shown = try home.shell("script -qec \"\(command)\" /dev/null")
        #expect(shown.code == 2)
        #expect(shown.output.contains("Secrets are not shown on a terminal"))
        #expect(!shown.output.contains("correct horse"))
        let piped = try home.shell("\(command) | cat")
        #expect(piped.output.contains("correct horse"))
    }
}
