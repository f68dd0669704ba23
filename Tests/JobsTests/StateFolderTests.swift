import Glibc
import Jobs
import Logging
import Secrets
import Support
import Testing

@Suite("The state folder")
struct StateFolderTests {
    private let url = Template([.text("ssh://user:"), .secret(SecretReference("key")), .text("@host/backup")])

    @Test("a catalog's name tells job and destination, and changes with the URL")
    func catalog() {
        let state = StateFolder("/state", environment: [:])
        let path = state.catalog(job: "home", destination: "disk", url: url)
        #expect(path.hasPrefix("/state/catalog/home-disk-"))
        #expect(path.hasSuffix(".sqlite"))
        #expect(path.utf8.count == "/state/catalog/home-disk-01234567.sqlite".utf8.count)
        #expect(path == state.catalog(job: "home", destination: "disk", url: url))
        #expect(path != state.catalog(job: "home", destination: "disk", url: Template("file:///backup")))
        #expect(state.lock(ofCatalog: path) == path.dropLast(6) + "lock")
    }

    @Test("a name never leads out of the folder")
    func names() {
        let state = StateFolder("/state", environment: [:])
        let path = state.catalog(job: "../../etc/passwd", destination: "a/b\n", url: url)
        #expect(path.hasPrefix("/state/catalog/.._.._etc_passwd-a_b_-"))
    }

    @Test("without a configured folder the usual one of the user is taken")
    func usual() {
        #expect(StateFolder(nil, environment: ["STATE_DIRECTORY": "/var/lib/x:/y"]).path == "/var/lib/x")
        #expect(StateFolder("/state", environment: ["STATE_DIRECTORY": "/var/lib/x"]).path == "/state")
        let home = ["HOME": "/home/anna"]
        #expect(
            StateFolder(nil, environment: home).path
                == (geteuid() == 0 ? "/var/lib/dunnage" : "/home/anna/.local/state/dunnage"))
    }

    @Test("it is readable by its owner only")
    func mode() throws {
        let folder = try TemporaryFolder()
        let state = StateFolder("\(folder.path)/a/b", environment: [:])
        try state.prepare()
        var status = stat()
        #expect(stat("\(state.path)/catalog", &status) == 0)
        #expect(status.st_mode & 0o777 == 0o700)
    }

    @Test(
        "rights of others to what is kept in it are taken away and told; the folder, links and other files stay as they are"
    )
    func narrowing() throws {
        let folder = try TemporaryFolder()
        let state = StateFolder("\(folder.path)/state", environment: [:])
        try state.prepare()
        try FileTree.createFolder(state.logs)
        let wide = [
            "\(state.path)/catalog", state.logs, state.ledger, "\(state.ledger)-wal", "\(state.path)/catalog/a.sqlite",
        ]
        let metrics = "\(state.path)/dunnage.prom"
        let target = "\(folder.path)/elsewhere"
        for path in wide.dropFirst(2) + [metrics, target] { try SmallFile.replace(path, with: []) }
        for path in wide + [metrics, target, state.path] { #expect(chmod(path, 0o755) == 0) }
        #expect(symlink(target, state.serving) == 0)
        let lines = CapturingLogHandler.Lines()
        let logger = Logger(label: "test") { _ in CapturingLogHandler(lines: lines) }
        state.keepToOwner(logger)
        for path in wide { #expect(mode(path) == 0o700, "\(path)") }
        for path in [metrics, target, state.path] { #expect(mode(path) == 0o755, "\(path)") }
        #expect(lines.all.count == wide.count)
        #expect(lines.all.allSatisfy { $0.hasPrefix("notice") && $0.contains("mode=755") }, "\(lines.all)")
        state.keepToOwner(logger)
        #expect(lines.all.count == wide.count)
    }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    @Test("a lock that is held is refused at once, with the holder's number, and free again after its end")
    func lock() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/home.lock"
        do {
            let held = try CatalogLock(path, subject: "The store of job “home”")
            let failure = #expect(throws: Failure.self) { try CatalogLock(path, subject: "The store of job “home”") }
            #expect(failure?.exitCode == .temporary)
            #expect(
                failure?.message
                    == "The store of job “home” is in use by process \(getpid()). Nothing was done; wait for it to "
                    + "end, and try again.")
            withExtendedLifetime(held) {}
        }
        _ = try CatalogLock(path, subject: "The store")
    }
}
