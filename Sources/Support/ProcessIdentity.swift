internal import Glibc

/// What tells a process from every other one, also from a later one with its number.
public struct ProcessIdentity: Sendable, Hashable {
    /// The running kernel: another one after each start of the machine.
    public let boot: String
    /// The namespace that the number is of; every container has its own.
    public let namespace: String
    /// The number that the namespace has for it.
    public let number: Int64
    /// When the process began, in the kernel's ticks.
    public let start: String

    /// A process from its parts.
    public init(boot: String, namespace: String, number: Int64, start: String) {
        self.boot = boot
        self.namespace = namespace
        self.number = number
        self.start = start
    }

    /// This process; nil where the kernel does not tell.
    public static let current: ProcessIdentity? = {
        guard let boot = text("/proc/sys/kernel/random/boot_id"), let namespace = link("/proc/self/ns/pid"),
            let start = startTime(of: Int64(getpid()))
        else { return nil }
        return ProcessIdentity(boot: boot, namespace: namespace, number: Int64(getpid()), start: start)
    }()

    /// Whether the process is certainly gone.
    ///
    /// Only within one namespace of one running kernel anything can be said; else nobody knows.
    public func isGone(seenFrom observer: ProcessIdentity?) -> Bool {
        guard let observer, observer.boot == boot, observer.namespace == namespace else { return false }
        return Self.startTime(of: number) != start
    }

    /// The 22nd field of the process's status; the second one is a name that may hold blanks and parentheses.
    private static func startTime(of process: Int64) -> String? {
        guard let status = text("/proc/\(process)/stat"), let end = status.lastIndex(of: ")") else { return nil }
        let fields = status[status.index(after: end)...].split(separator: " ")
        return fields.count > 19 ? String(fields[19]) : nil
    }

    private static func text(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(file, &bytes, bytes.count)
        guard count > 0 else { return nil }
        return String(decoding: bytes[..<count].prefix { $0 != 10 }, as: UTF8.self)
    }

    private static func link(_ path: String) -> String? {
        var bytes = [CChar](repeating: 0, count: 256)
        let count = readlink(path, &bytes, bytes.count - 1)
        return count > 0 ? String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
}
