import Glibc
import Support
import Testing

@testable import Destinations

// Values can be handed to the child process since Swift 6.3.
#if compiler(>=6.3)
@Suite("A process that ends in the middle of a put")
struct FileDestinationCrashTests {
    @Test("leaves a whole object or none, and the next put succeeds", arguments: PutStep.allCases)
    func killed(_ step: PutStep) async throws {
        let folder = try TemporaryFolder(prefix: "dunnage-crash")
        let path = "\(folder.path)/store"
        let source = "\(folder.path)/source"
        let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let descriptor = try FileDescriptor.open(source, flags: O_WRONLY | O_CREAT)
        try bytes.withUnsafeBytes { try descriptor.write(all: $0) }
        let store = FileDestination(folder: path)
        try store.prepare(create: true)

        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = path as String, source = source as String, name = step.rawValue as String] in
            var store = FileDestination(folder: path)
            store.onStep = { if $0.rawValue == name { kill(getpid(), SIGKILL) } }
            try store.put("object", from: LocalFile(path: source, size: 3_000_000))
        }

        let isPublished = step == .published || step == .durable
        #expect(try store.list().map(\.name) == (isPublished ? ["object"] : []))
        #expect(try Names.of(path).count { $0.hasPrefix(".dunnage-") } == (isPublished ? 0 : 1))
        try store.put("object", from: LocalFile(path: source, size: 3_000_000))
        #expect(try store.get("object", to: "\(folder.path)/fetched") == 3_000_000)

        // A day later the leftovers are swept.
        let tomorrow = FileDestination(folder: path) { Timestamp(seconds: Timestamp.now().seconds + 2 * 86_400) }
        try tomorrow.prepare(create: false)
        #expect(try Names.of(path) == ["object"])
        withExtendedLifetime(folder) {}
    }

    @Test("of another user gets a permission error with the user's number", .enabled(if: geteuid() == 0))
    func otherUser() async throws {
        let folder = try TemporaryFolder(prefix: "dunnage-user")
        let path = "\(folder.path)/store"
        let source = "\(folder.path)/source"
        try FileDestination(folder: path).prepare(create: true)
        _ = try FileDescriptor.open(source, flags: O_WRONLY | O_CREAT, mode: 0o644)
        chmod(folder.path, 0o755)
        chmod(path, 0o755)

        await #expect(processExitsWith: .success) { [path = path as String, source = source as String] in
            guard setgid(65_534) == 0, setuid(65_534) == 0 else { exit(2) }
            let store = FileDestination(folder: path)
            do throws(DestinationError) {
                _ = try store.list()
                try store.put("object", from: LocalFile(path: source, size: 0))
            } catch {
                let isRight = error.kind == .permission && error.advice.contains("uid 65534")
                exit(isRight ? 0 : 3)
            }
            exit(4)
        }
        #expect(try Names.of(path).isEmpty)
        withExtendedLifetime(folder) {}
    }
}
#endif
