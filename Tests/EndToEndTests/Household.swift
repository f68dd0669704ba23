import Foundation
import Glibc
import JSON
import Support
import Testing

/// A tree to back up, a passphrase, a destination and a configuration, in a folder of their own.
struct Household {
    let folder: TemporaryFolder

    var path: String { folder.path }
    var store: String { "file://\(path)/backup" }

    init() throws {
        folder = try TemporaryFolder(prefix: "dunnage-e2e")
        try shell(
            """
            mkdir -p tree/letters tree/empty 'tree/with blank' backup
            umask 022
            echo 'Dear reader,' > tree/letters/first.txt
            : > tree/nothing
            head -c 3000000 /dev/urandom > tree/photo.jpg
            seq 1 200000 > tree/numbers.txt
            printf 'x' > 'tree/with blank/ümlaut.txt'
            ln -s letters/first.txt tree/link
            ln -s letters tree/link-to-folder
            ln -s /nowhere tree/dangling
            chmod 640 tree/photo.jpg; chmod 750 tree/letters; chmod 4755 tree/numbers.txt
            touch -d '2001-02-03 04:05:06.123456700 UTC' tree/letters/first.txt tree/empty
            touch -h -d '2002-02-03 04:05:06 UTC' tree/link
            printf 'correct horse battery staple\n' > passphrase
            printf 'wrong horse\n' > wrong
            setfattr -n user.note -v 'kept' tree/photo.jpg 2>/dev/null || true
            """)
        try write(configuration(), to: "dunnage.yaml")
    }

    /// The configuration, with more lines for the job and behind the jobs.
    func configuration(
        backup: String? = nil, job: String = "", rest: String = "", passphrase: String = "passphrase"
    ) -> String {
        """
        version: 1
        instance: laptop
        runtime:
          state_dir: state
          timezone: UTC
        secrets:
          passphrase:
            file: \(passphrase)
        destinations:
          disk:
            url: file://\(backup ?? "\(path)/backup")
        jobs:
          home:
            sources:
              - path: \(path)/tree
            encryption:
              passphrase:
                secret: passphrase
            destinations: [disk]
        \(job)\(rest)
        """
    }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    }

    @discardableResult
    func shell(_ script: String) throws -> Binary.Result { try Binary.shell(script, in: path) }

    /// A run of 80 MB of noise, as soon as something of it is at the destination.
    func startLargeRun() throws -> Binary.Running {
        try shell("for i in $(seq 1 400); do mkdir -p tree/d$i; head -c 200000 /dev/urandom > tree/d$i/f; done")
        let process = try Binary.start(["run", "-c", "dunnage.yaml", "--json"], in: path)
        let limit = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < limit, process.isRunning,
            try shell("ls backup | grep -c dindex || true").output == "0\n"
        { usleep(5000) }
        return process
    }

    @discardableResult
    func dunnage(_ line: String..., environment: [String: String] = [:]) throws -> Binary.Result {
        try Binary.run(line, in: path, environment: environment)
    }

    /// Backs up; the test ends here when that fails.
    @discardableResult
    func backUp(sourceLocation: SourceLocation = #_sourceLocation) throws -> Binary.Result {
        let result = try dunnage("run", "-c", "dunnage.yaml")
        try #require(result.code == 0, "\(result.error)", sourceLocation: sourceLocation)
        return result
    }

    /// The document that a command printed.
    func json(_ line: String..., sourceLocation: SourceLocation = #_sourceLocation) throws -> JSONValue {
        let result = try Binary.run(line, in: path)
        try #require(result.code == 0, "\(result.error)", sourceLocation: sourceLocation)
        return try JSONValue(parsing: result.output)
    }

    /// Every entry below a folder with what makes it up: kind, mode, owner, time, link target, content, attributes.
    ///
    /// Times to a tenth of a microsecond, which is what the format stores.
    func manifest(_ name: String) throws -> String {
        let script = #"""
            cd '\#(name)' || exit 1
            find . -printf '%P|%y|%m|%U:%G|%T@|%l\n' | sed -E 's/(\.[0-9]{7})[0-9]*\|/\1|/' | sort
            find . -type f -exec sha256sum {} + | sort
            getfattr -R -h -d . 2>/dev/null | sort || true
            """#
        let result = try shell(script)
        try #require(result.code == 0, "\(result.error)")
        return result.output
    }

    /// What the store holds, byte by byte.
    func storeState() throws -> String {
        try shell("cd backup && sha256sum * 2>/dev/null | sort").output
    }
}
