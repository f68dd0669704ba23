import Glibc
import JSON
import Testing

@Suite("Jobs with commands and a selection")
struct SourceTests {
    private static let password = "pg password 7, not to be seen"

    /// A job with a command of this script beside the tree.
    private func home(_ script: String, extra: String = "", job: String = "") throws -> Household {
        let home = try Household()
        try home.write("\(Self.password)\n", to: "password")
        try home.write(script, to: "dump.sh")
        let text = home.configuration(job: job).replacing(
            "      - path: \(home.path)/tree\n",
            with: """
                      - path: \(home.path)/tree
                      - path: /databases/app.dump
                        command: [sh, \(home.path)/dump.sh, first argument]
                        environment: { SECRET: { file: password } }
                \(extra)
                """)
        try home.write(text, to: "dunnage.yaml")
        return home
    }

    @Test("what a command writes is backed up and restored, without a temporary file")
    func roundTrip() throws {
        let home = try home("echo \"$1\"; test \"$SECRET\" && seq 1 300000; echo \"dumping with $SECRET\" >&2")
        let run = try home.dunnage("run", "-c", "dunnage.yaml", "-v")
        #expect(run.code == 0, "\(run.error)")
        #expect(run.error.contains("dumping with ••••") && !run.error.contains(Self.password))
        try home.shell("{ echo 'first argument'; seq 1 300000; } > expected")
        let restore = try home.dunnage(
            "restore", "home", "/databases/app.dump", "-c", "dunnage.yaml", "--target", "out")
        #expect(restore.code == 0, "\(restore.error)")
        #expect(try home.shell("cmp expected out/app.dump && stat -c %a out/app.dump").output == "600\n")
        let verify = try home.dunnage("verify", "home", "-c", "dunnage.yaml")
        #expect(verify.code == 0, "\(verify.output)")
        // Nothing has changed.
        let state = try home.storeState()
        try home.backUp()
        #expect(try home.storeState() == state)
        let files = try home.dunnage("files", "home", "/databases/app.dump", "-c", "dunnage.yaml")
        #expect(files.code == 0 && files.output.contains("app.dump"), "\(files.output)\(files.error)")
        // From nothing but the store, all of it.
        let all = try home.dunnage(
            "restore", "--store", home.store, "--passphrase-file", "passphrase", "--target", "all")
        #expect(all.code == 0, "\(all.error)")
        #expect(
            try home.shell("cmp expected all/databases/app.dump && diff -r --no-dereference tree all/\(home.path)/tree")
                .code == 0)
    }

    @Test("a command that fails fails the run with 1, and the versions stay as they were")
    func failing() throws {
        let home = try home("seq 1 300000")
        try home.backUp()
        let versions = try home.dunnage("versions", "home", "-c", "dunnage.yaml", "--json")
        let state = try home.storeState()
        try home.write(
            "seq 1 200000; echo \"FATAL: role of $SECRET is unknown\" >&2; exit 5", to: "dump.sh")
        try home.shell("date >> tree/numbers.txt")
        let run = try home.dunnage("run", "-c", "dunnage.yaml")
        #expect(run.code == 1)
        #expect(run.error.contains("code=E317") && run.error.contains("ended with status 5"), "\(run.error)")
        #expect(run.error.contains("FATAL: role of •••• is unknown") && !run.error.contains(Self.password))
        let after = try home.dunnage("versions", "home", "-c", "dunnage.yaml", "--json")
        #expect(try JSONValue(parsing: after.output)["versions"] == JSONValue(parsing: versions.output)["versions"])
        for line in state.split(separator: "\n") { #expect(try home.storeState().contains(line)) }
        try home.write("seq 1 200001", to: "dump.sh")
        try home.backUp()
        #expect(try home.dunnage("verify", "home", "-c", "dunnage.yaml").code == 0)
    }

    @Test("a command that takes too long fails the run with 1")
    func timeout() throws {
        let home = try home("echo begin; exec sleep 600", extra: "        timeout: 1s\n")
        let run = try home.dunnage("run", "-c", "dunnage.yaml")
        #expect(run.code == 1 && run.error.contains("after 1 second,"), "\(run.error)")
    }

    @Test("SIGTERM stops a run and the command that it reads")
    func terminated() throws {
        let home = try home("echo $$ > pid; exec cat /dev/zero")
        try home.shell("sed -i \"s#> pid#> $PWD/pid#\" dump.sh")
        let running = try Binary.start(["run", "-c", "dunnage.yaml"], in: home.path)
        while access("\(home.path)/pid", F_OK) != 0, running.isRunning { usleep(2000) }
        kill(running.id, SIGTERM)
        let result = running.wait()
        #expect(result.code == 143, "\(result.error)")
        #expect(try home.shell("test -s pid && ! kill -0 $(cat pid)").code == 0)
        try home.write("echo done", to: "dump.sh")
        try home.backUp()
        #expect(try home.dunnage("verify", "home", "-c", "dunnage.yaml").code == 0)
    }

    @Test("a command whose children ignore SIGTERM leaves no process behind", .enabled(if: FailureTests.canBeFirst))
    func first() throws {
        let home = try home(
            "sh -c 'trap \"\" TERM; sleep 600' & echo $$ > pid; exec cat /dev/zero", extra: "        timeout: 1s\n")
        try home.shell("sed -i \"s#> pid#> $PWD/pid#\" dump.sh")
        let running = try Binary.Running(
            "/usr/bin/env",
            [
                "unshare", "-fp", "--mount-proc", "sh", "-c",
                "'\(Binary.path)' run -c dunnage.yaml; echo code=$?; ps -eo stat,args",
            ],
            folder: home.path, environment: [:])
        let result = running.wait()
        #expect(result.output.contains("code=1"), "\(result.output)\(result.error)")
        #expect(!result.output.contains("sleep 600") && !result.output.contains("/dev/zero"), "\(result.output)")
    }

    @Test("a job's selection decides what is backed up")
    func selection() throws {
        let home = try Household()
        try home.write(
            home.configuration(
                job: """
                        selection:
                          exclude_if_present: [.nobackup]
                          exclude_caches: true
                          exclude_larger_than: 1MiB
                          exclude_empty_folders: true
                          exclude_attributes: [hidden]
                          symlinks: ignore

                    """), to: "dunnage.yaml")
        try home.shell(
            """
            mkdir -p tree/cache/deep tree/marked
            printf 'Signature: 8a477f597d28d172789f06886806bc55\\n' > tree/cache/CACHEDIR.TAG
            touch tree/cache/deep/file tree/marked/.nobackup tree/marked/file tree/.hidden
            """)
        let run = try home.dunnage("run", "-c", "dunnage.yaml", "-v")
        #expect(run.code == 0, "\(run.error)")
        #expect(run.error.contains("exclude_larger_than"))
        #expect(try home.dunnage("restore", "home", "-c", "dunnage.yaml", "--target", "out").code == 0)
        #expect(
            try home.shell("cd out && find . -mindepth 1 | LC_ALL=C sort").output.split(separator: "\n") == [
                "./letters", "./letters/first.txt", "./nothing", "./with blank",
                "./with blank/ümlaut.txt",
            ])
    }

    @Test("a source that must exist and does not fails the run with 1")
    func required() throws {
        let home = try Household()
        try home.shell(
            "sed -i 's#^      - path: .*#&\\n      - { path: /nowhere/at/all, if_missing: fail }#' dunnage.yaml")
        let run = try home.dunnage("run", "-c", "dunnage.yaml")
        #expect(
            run.code == 1 && run.error.contains("code=E311") && run.error.contains("/nowhere/at/all"), "\(run.error)")
        try home.shell("sed -i 's#if_missing: fail#if_missing: ignore#' dunnage.yaml")
        let ignored = try home.backUp()
        #expect(!ignored.error.contains("W201"))
    }

    @Test("restore --sparse makes holes")
    func sparse() throws {
        let home = try Household()
        try home.shell("truncate -s 5M tree/disk.img; printf x >> tree/disk.img")
        try home.backUp()
        let restore = try home.dunnage("restore", "home", "-c", "dunnage.yaml", "--target", "out", "--sparse")
        #expect(restore.code == 0, "\(restore.error)")
        #expect(try home.shell("cmp tree/disk.img out/disk.img && test $(stat -c %b out/disk.img) -lt 100").code == 0)
        #expect(try home.manifest("out") == home.manifest("tree"))
    }
}
