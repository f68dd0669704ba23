internal import CPosix
internal import Glibc

/// Another program, as it is to be started: without a shell, and with nothing of this process but what is said here.
///
/// What this process blocks or ignores of signals is its own business; its descriptors are closed there. The copies of
/// arguments and variables that starting takes are wiped.
public struct ProcessStart {
    /// The program's path; or its name, which is looked for in the `PATH` of `environment`.
    public var program: String
    /// Its arguments, without its name.
    public var arguments: [String]
    /// All of its environment.
    public var environment: [String: String]
    /// What become its descriptors 0, 1, 2 and so on; nothing to be read or written where there is none.
    public var descriptors: [Int32?]
    /// Whether it leads a group of its own, which a signal reaches with all that it has started.
    public var leadsGroup: Bool

    /// A program to be started.
    public init(
        _ program: String, arguments: [String] = [], environment: [String: String], descriptors: [Int32?],
        leadsGroup: Bool = false
    ) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.descriptors = descriptors
        self.leadsGroup = leadsGroup
    }

    /// Starts it.
    /// - Returns: its number; somebody has to wait for it.
    /// - Throws: `SystemError`, with the code `ENOENT` when there is no such program.
    public func start() throws(SystemError) -> Int32 {
        let path = try located()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // Copies above all others first: a source may have the number of an earlier target.
        let base = max(Int32(descriptors.count), (descriptors.compactMap { $0 }.max() ?? 0) + 1)
        for (number, descriptor) in descriptors.enumerated() {
            guard let descriptor else { continue }
            posix_spawn_file_actions_adddup2(&actions, descriptor, base + Int32(number))
        }
        for (number, descriptor) in descriptors.enumerated() {
            let target = Int32(number)
            if descriptor == nil {
                posix_spawn_file_actions_addopen(&actions, target, "/dev/null", O_RDWR, 0)
            } else {
                posix_spawn_file_actions_adddup2(&actions, base + target, target)
                posix_spawn_file_actions_addclose(&actions, base + target)
            }
        }
        cposix_spawn_close_from(&actions, Int32(descriptors.count))
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        let group = leadsGroup ? POSIX_SPAWN_SETPGROUP : 0
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | group))
        let words = CStrings([program] + arguments)
        let variables = CStrings(environment.map { "\($0.key)=\($0.value)" })
        var process: pid_t = 0
        let code = posix_spawn(&process, path, &actions, &attributes, words.pointers, variables.pointers)
        withExtendedLifetime((words, variables)) {}
        guard code == 0 else { throw SystemError("run", path: program, code: code) }
        return process
    }

    /// The system's own search would take the path of this process.
    private func located() throws(SystemError) -> String {
        guard !program.contains("/") else { return program }
        guard !program.isEmpty else { throw SystemError("run", path: program, code: ENOENT) }
        var code = ENOENT
        for folder in (environment["PATH"] ?? "").split(separator: ":") {
            let path = "\(folder)/\(program)"
            if access(path, X_OK) == 0 { return path }
            if errno == EACCES { code = EACCES }
        }
        throw SystemError("run", path: program, code: code)
    }
}

/// A null-terminated array of C strings, which is wiped.
private final class CStrings {
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        count = strings.count
        pointers = .allocate(capacity: count + 1)
        for (index, string) in strings.enumerated() { (pointers + index).initialize(to: strdup(string)) }
        (pointers + count).initialize(to: nil)
    }

    deinit {
        for index in 0..<count {
            if let text = pointers[index] { wipe(text, strlen(text)) }
            free(pointers[index])
        }
        pointers.deallocate()
    }
}
