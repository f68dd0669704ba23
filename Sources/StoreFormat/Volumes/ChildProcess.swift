internal import Glibc
internal import Support

/// Another program, run to its end.
enum ChildProcess {
    /// How it ended.
    enum End: Sendable, Hashable {
        case exit(Int32)
        case signal(Int32)
    }

    /// Runs a program of the search path with the given descriptors as 0, 1, 2 and so on.
    ///
    /// It can be stopped like any other: signals that this program blocks or ignores are its own business.
    static func run(_ arguments: [String], descriptors: [Int32]) throws(SystemError) -> End {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // Copies above all others first: a source may have the number of an earlier target.
        let base = max(Int32(descriptors.count), (descriptors.max() ?? 0) + 1)
        for (target, descriptor) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, base + Int32(target))
        }
        for target in descriptors.indices {
            posix_spawn_file_actions_adddup2(&actions, base + Int32(target), Int32(target))
            posix_spawn_file_actions_addclose(&actions, base + Int32(target))
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigaddset(&signals, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let argv = CStrings(arguments)
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
        let environment = CStrings(["PATH=\(path)", "LC_ALL=C"])
        var process: pid_t = 0
        let code = posix_spawnp(&process, arguments[0], &actions, &attributes, argv.pointers, environment.pointers)
        guard code == 0 else { throw SystemError("run", path: arguments[0], code: code) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw SystemError("wait for", path: arguments[0]) }
        }
        return status & 0x7F == 0 ? .exit((status >> 8) & 0xFF) : .signal(status & 0x7F)
    }
}

/// A null-terminated array of C strings.
private final class CStrings {
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        count = strings.count
        pointers = .allocate(capacity: count + 1)
        for (index, string) in strings.enumerated() {
            (pointers + index).initialize(to: strdup(string))
        }
        (pointers + count).initialize(to: nil)
    }

    deinit {
        for index in 0..<count { free(pointers[index]) }
        pointers.deallocate()
    }
}
