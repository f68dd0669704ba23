import Foundation
import Support
import Testing

/// Manual pages and systemd's units; the package itself is tried out by `make test-deb`.
@Suite("What is installed beside the program")
struct PackagingTests {
    private static let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    private static func has(_ program: String) -> Bool {
        ["/usr/bin", "/bin"].contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
    }

    private func pages(_ home: TemporaryFolder) throws {
        let command = "'\(Self.checkout)/scripts/man-pages.py' --binary '\(Binary.path)' --output man --date 2026-11-22"
        let written = try Binary.shell(command, in: home.path)
        try #require(written.code == 0, "\(written.output)\(written.error)")
    }

    @Test("every command has a manual page that says its options, and every key of the configuration is in its page")
    func complete() throws {
        let home = try TemporaryFolder(prefix: "dunnage-man")
        try pages(home)
        let restore = try String(contentsOfFile: "\(home.path)/man/dunnage-restore.1", encoding: .utf8)
        #expect(restore.contains(".It Fl -target Ar folder") && restore.contains(".Dd November 22, 2026"))
        #expect(FileManager.default.fileExists(atPath: "\(home.path)/man/dunnage-report-outbox-flush.1"))
        let main = try String(contentsOfFile: "\(home.path)/man/dunnage.1", encoding: .utf8)
        #expect(main.contains(".It Xr dunnage-recovery-kit 1") && main.contains(".It 78\n"))
        let keys = try String(contentsOfFile: "\(home.path)/man/dunnage.yaml.5", encoding: .utf8)
        let reference = try Binary.run(["config", "reference"], in: home.path).output
        let rows = reference.matches(of: /(?m)^\| `([a-z_]+)` \|/).map { String($0.output.1) }
        try #require(rows.count > 200)
        for key in rows { #expect(keys.contains(".It \\fB\(key)\\fP"), "\(key)") }
    }

    @Test("mandoc finds nothing wrong with the manual pages", .enabled(if: has("mandoc")))
    func mandoc() throws {
        let home = try TemporaryFolder(prefix: "dunnage-man")
        try pages(home)
        let result = try Binary.shell("cd man && mandoc -Tlint -Wwarning *.[15]", in: home.path)
        #expect(result.code == 0 && result.output.isEmpty, "\(result.output.prefix(2000))")
    }

    @Test("groff renders the manual pages without a warning", .enabled(if: has("groff")))
    func groff() throws {
        let home = try TemporaryFolder(prefix: "dunnage-man")
        try pages(home)
        let script =
            "cd man && for page in dunnage.1 dunnage-[r-v]*.1 *.5; do groff -ww -mandoc -Tutf8 $page > /dev/null; done"
        let result = try Binary.shell(script, in: home.path)
        #expect(result.code == 0 && result.error.isEmpty, "\(result.error.prefix(2000))")
    }

    @Test("systemd understands the units, and finds little to fear in them", .enabled(if: has("systemd-analyze")))
    func units() throws {
        let home = try TemporaryFolder(prefix: "dunnage-units")
        let result = try Binary.shell(
            #"""
            mkdir dunnage.service.d
            for unit in dunnage.service dunnage@.service dunnage@.timer; do
                sed 's#/usr/bin/dunnage#\#(Binary.path)#' "\#(Self.checkout)/packaging/systemd/$unit" > $unit
            done
            cp dunnage@.service dunnage@home.service; cp dunnage@.timer dunnage@home.timer
            systemd-analyze verify --man=no ./dunnage.service ./dunnage@home.service ./dunnage@home.timer
            for unit in dunnage.service dunnage@home.service; do
                systemd-analyze security --offline=true --no-pager --threshold=25 ./$unit | tail -n 1
            done
            """#, in: home.path)
        #expect(result.code == 0)
        // Other units of the machine may be wrong; these must not be.
        #expect(!result.error.contains("dunnage"), "\(result.error)")
        let levels = result.output.matches(of: /exposure level for dunnage[a-z@]*\.service: (\d+)\.(\d)/)
        #expect(levels.count == 2, "\(result.output)")
        for level in levels { #expect((Int(level.output.1) ?? 9) < 3, "\(result.output)") }
    }

    @Test("the example of the package is a configuration, and names its credential as the units hand it over")
    func example() throws {
        let path = "\(Self.checkout)/packaging/debian/dunnage.yaml"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains("systemd: dunnage_passphrase"))
        let folder = try TemporaryFolder(prefix: "dunnage-example")
        let result = try Binary.run(["validate", path], in: folder.path)
        #expect(
            result.code == 0 && result.output.contains("is valid") && !result.output.contains("warning"),
            "\(result.output)\(result.error)")
        for unit in ["dunnage.service", "dunnage@.service"] {
            let unit = try String(contentsOfFile: "\(Self.checkout)/packaging/systemd/\(unit)", encoding: .utf8)
            #expect(unit.contains("\nLoadCredential=dunnage:/etc/dunnage/credentials\n"))
        }
    }
}
