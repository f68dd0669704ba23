import ConfigurationFuzzing
import Glibc
import Support
import TestSupport
import Testing

@testable import Configuration

@Suite("Formatting")
struct FormattingTests {
    private func formatted(_ text: String) throws -> String {
        try ConfigurationFormatter.formatted(utf8: Array(text.utf8), file: "f.yaml")
    }

    @Test("keys come into the order of the reference, with the comments above them")
    func order() throws {
        let before = """
            # The file of our NAS.

            # all jobs
            jobs:
              # the pictures
              photos:
                destinations: [disk]  # one is enough
                # they are public
                encryption: none
                sources: [{ path: /srv/photos }]

            # where to
            destinations:
              disk: { url: /mnt/backup }
            version: 1

            """
        let after = """
            # The file of our NAS.

            version: 1

            # where to
            destinations:
              disk: { url: /mnt/backup }

            # all jobs
            jobs:
              # the pictures
              photos:
                sources: [{ path: /srv/photos }]
                # they are public
                encryption: none
                destinations: [disk]  # one is enough

            """
        #expect(try formatted(before) == after)
        #expect(try formatted(after) == after)
    }

    @Test("names keep the order of the file, and keys of the user stay before the key they stood before")
    func names() throws {
        let text = """
            version: 1
            x-junk: &junk
              - exclude: "*.tmp"
            defaults:
              filters: *junk
            jobs:
              zebra:
                sources: [{ path: /z }]
              ape:
                sources: [{ path: /a }]

            """
        #expect(try formatted(text) == text)
    }

    @Test("two spaces a level, also for lists below a key, and values over lines keep their form")
    func indentation() throws {
        let before = """
            version: 1
            jobs:
                a:
                    sources:
                    -   path: /a
                        if_missing: fail
                    # the second
                    -   path: /b
                    filters:
                    - exclude: |-
                         *.tmp
                          more
                    - exclude: "one
                         two"
                    - include:
                          /srv/x
                    destinations: [disk,
                                   nas]

            """
        let after = """
            version: 1
            jobs:
              a:
                sources:
                  - path: /a
                    if_missing: fail
                  # the second
                  - path: /b
                filters:
                  - exclude: |-
                       *.tmp
                        more
                  - exclude: "one
                       two"
                  - include:
                        /srv/x
                destinations: [disk,
                               nas]

            """
        #expect(try formatted(before) == after)
        #expect(try formatted(after) == after)
    }

    @Test("white space at the ends of lines, empty lines in a row and foreign line breaks go")
    func lineEnds() throws {
        #expect(
            try formatted("\u{FEFF}version: 1  \r\n\r\n\r\n\r\ninstance: a \t\r\n\r\n") == "version: 1\n\ninstance: a\n"
        )
        let block = "version: 1\nx-a: |+\n  one  \n\n\n  two\n\n\n"
        #expect(try formatted(block) == block)
    }

    @Test("an alias does not come before its anchor, whatever the order of keys")
    func anchors() throws {
        let text = "jobs:\n  a: { filters: &f [] }\ndefaults:\n  filters: *f\n"
        #expect(try formatted(text) == text)
    }

    @Test("what is no YAML is not touched")
    func broken() {
        let error = #expect(throws: InvalidConfiguration.self) { try formatted("version: [\n") }
        #expect(error?.diagnostics.map { $0.code } == [.syntax])
        #expect(throws: InvalidConfiguration.self) {
            try ConfigurationFormatter.formatted(utf8: [0xFF, 0x41], file: "f.yaml")
        }
    }

    @Test("mutated files keep their meaning, and formatting twice is formatting once", arguments: 0..<4)
    func meaning(_ part: UInt64) throws {
        let start = UInt64.random(in: 0..<1 << 40)
        for seed in start..<start + 200 {
            var mutator = Mutator(seed: seed)
            let bytes = mutator.mutated()
            do throws(InvalidConfiguration) {
                let once = try ConfigurationFormatter.formatted(utf8: bytes, file: "f")
                let twice = try ConfigurationFormatter.formatted(utf8: Array(once.utf8), file: "f")
                #expect(once == twice, "seed \(seed)")
                let comments = bytes.count { $0 == UInt8(ascii: "#") }
                #expect(once.utf8.count { $0 == UInt8(ascii: "#") } == comments, "seed \(seed)")
                let before = try ConfigurationLoader.load(
                    utf8: bytes, file: "f", folder: "/", environment: GoodFiles.environment)
                let after = try ConfigurationLoader.load(
                    utf8: Array(once.utf8), file: "f", folder: "/", environment: GoodFiles.environment)
                #expect(before.configuration.jobs == after.configuration.jobs, "seed \(seed)")
                #expect(before.configuration.destinations == after.configuration.destinations, "seed \(seed)")
            } catch {
                #expect(!error.diagnostics.isEmpty, "seed \(seed)")
            }
        }
    }

    @Test("keys that were renamed get their new names, and nothing else changes")
    func migration() throws {
        let renames = [
            KeyRename(at: ["jobs", "*", "retention"], from: "keep", to: "keep_versions"),
            KeyRename(at: [], from: "targets", to: "destinations"),
            KeyRename(at: ["jobs", "*", "sources", "*"], from: "folder", to: "path"),
        ]
        let before = """
            version: 1
            targets: { disk: { url: /b } }   # where to
            x-r: &r
              "keep": 3 # versions
            jobs:
              a: { sources: [{ folder: /a }, { path: /keep }], retention: *r }
              b: { retention: { keep: 1, keep_versions: 2 } }
              keep: { retention: { <<: *r } }

            """
        let migration = try ConfigurationMigration(utf8: Array(before.utf8), file: "f", renames: renames)
        let after = before.replacing("targets:", with: "destinations:").replacing("\"keep\":", with: "keep_versions:")
            .replacing("{ folder:", with: "{ path:")
        #expect(migration.text == after)
        #expect(migration.changes.map { $0.line } == [2, 4, 6, 7])
        #expect(migration.changes.map { $0.isDone } == [true, true, true, false])
        #expect(migration.changes[3].message.contains("which is there as well"))
        #expect(try ConfigurationMigration(utf8: Array(after.utf8), file: "f", renames: renames).changes.count == 1)
        #expect(try ConfigurationMigration(utf8: Array(before.utf8), file: "f").changes.isEmpty)
    }

    @Test("every rename leads to a key that exists, and from one that does not")
    func renames() {
        for rename in KeyRename.all {
            var shape: Shape? = .object(ConfigurationSchema.root)
            for step in rename.path {
                switch shape {
                case .object(let object): shape = object.key(named: step)?.shape
                case .oneOf(_, _, let object): shape = object?.key(named: step)?.shape
                case .named(let named): shape = named.value
                case .list(let item, _): shape = item
                default: shape = nil
                }
            }
            guard case .object(let object)? = shape else {
                Issue.record("\(rename.path) leads nowhere")
                continue
            }
            #expect(object.key(named: rename.new) != nil && object.key(named: rename.old) == nil)
        }
    }

    @Test("a file is replaced whole, with its mode, and through a link")
    func replacing() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/real.yaml"
        let file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT, mode: 0o640)
        try Array("version: 1\n".utf8).withUnsafeBytes { try file.write(all: $0) }
        #expect(fchmod(file.raw, 0o640) == 0)
        #expect(symlink("real.yaml", "\(folder.path)/link.yaml") == 0)
        try ConfigurationText.read("\(folder.path)/link.yaml").replace(with: "version: 2\n")
        #expect(try ConfigurationText.read(path).bytes == Array("version: 2\n".utf8))
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o640)
        #expect(lstat("\(folder.path)/link.yaml", &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    }
}
