import Foundation
import Glibc
import Support
import TestSupport

/// Podman's socket for Docker's API, with one container of a compose project, for tests against a real engine.
///
/// The container has nothing but busybox, which comes from this machine, so that no registry is asked.
final class PodmanSite: Sendable {
    /// Made once; nil where Podman is not installed, or this machine lets it run no containers.
    static let shared = try? PodmanSite()

    let folder: TemporaryFolder
    private let podman: [String]
    private let service: Process

    var socket: String { "\(folder.path)/api.sock" }

    private struct Unusable: Error {}

    private init() throws {
        guard let podman = TestTool.path("podman"), let busybox = TestTool.path("busybox"), geteuid() == 0 else {
            throw Unusable()
        }
        folder = try TemporaryFolder(prefix: "dunnage-podman")
        let path = folder.path
        self.podman =
            [podman, "--root", "\(path)/root", "--runroot", "\(path)/run", "--storage-driver", "vfs"]
            + (TestTool.path("runc") != nil ? ["--runtime", "runc"] : [])
        try Self.run(
            [
                "sh", "-ec",
                "mkdir -p \(path)/tree/bin && cp \(busybox) \(path)/tree/bin && for n in sh sleep echo seq; do "
                    + "ln -s busybox \(path)/tree/bin/$n; done && tar -C \(path)/tree -cf \(path)/tree.tar .",
            ])
        try Self.run(self.podman + ["import", "\(path)/tree.tar", "local/busybox"])
        try Self.run(
            self.podman + [
                "run", "-d", "--name", "shop_app_1", "--network", "none", "--ulimit", "nofile=1024:1024", "--ulimit",
                "nproc=1024:1024", "--stop-timeout", "1", "--label", "com.docker.compose.project=shop", "--label",
                "com.docker.compose.service=app", "--label", "com.docker.compose.container-number=1", "--label",
                "backup=stop", "local/busybox", "sh", "-c", "trap exit TERM; while true; do sleep 1; done",
            ])
        service = Process()
        service.executableURL = URL(fileURLWithPath: podman)
        service.arguments =
            Array(self.podman.dropFirst()) + ["system", "service", "--time=0", "unix://\(path)/api.sock"]
        service.standardError = FileHandle.nullDevice
        try service.run()
        let limit = ContinuousClock.now + .seconds(20)
        while access(socket, F_OK) != 0 {
            guard service.isRunning, ContinuousClock.now < limit else { throw Unusable() }
            usleep(20_000)
        }
        let (own, all) = (service.processIdentifier, self.podman)
        Self.atExit.withLock { $0 = (own, all, path) }
        atexit { PodmanSite.end() }
    }

    private static let atExit = Locked()

    private final class Locked: @unchecked Sendable {
        // One writer before the end, one reader at the end.
        private var value: (pid: pid_t, podman: [String], path: String)?
        func withLock(_ body: (inout (pid: pid_t, podman: [String], path: String)?) -> Void) { body(&value) }
    }

    private static func end() {
        atExit.withLock { value in
            guard let (pid, podman, path) = value else { return }
            value = nil
            _ = try? run(podman + ["rm", "-f", "-t", "0", "shop_app_1"])
            kill(pid, SIGKILL)
            FileTree.remove(path)
            unlink("\(path).lock")
        }
    }

    /// The state of the container: `running`, `exited`, `paused`.
    func state() throws -> String {
        try Self.run(podman + ["inspect", "--format", "{{.State.Status}}", "shop_app_1"])
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @discardableResult
    private static func run(_ words: [String]) throws -> String {
        let file = try TemporaryFolder(prefix: "dunnage-podman-output")
        let output = try FileDescriptor.open("\(file.path)/output", flags: O_WRONLY | O_CREAT)
        // Not Foundation's process, which waits for all that inherits its descriptors: what watches over a container
        // never ends.
        let child = try ProcessStart(
            "/usr/bin/env", arguments: words, environment: ["PATH": TestTool.searchPath, "HOME": file.path],
            descriptors: [nil, output.raw, nil]
        ).start()
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        guard status == 0 else { throw Unusable() }
        return try String(contentsOfFile: "\(file.path)/output", encoding: .utf8)
    }
}
