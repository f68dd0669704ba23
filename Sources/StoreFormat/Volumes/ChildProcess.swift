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
    static func run(_ arguments: [String], descriptors: [Int32]) throws(SystemError) -> End {
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
        let process = try ProcessStart(
            arguments[0], arguments: Array(arguments.dropFirst()), environment: ["PATH": path, "LC_ALL": "C"],
            descriptors: descriptors
        ).start()
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw SystemError("wait for", path: arguments[0]) }
        }
        return status & 0x7F == 0 ? .exit((status >> 8) & 0xFF) : .signal(status & 0x7F)
    }
}
