public import Glibc

/// A system call that failed.
public struct SystemError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The value of `errno`.
    public let code: Int32
    /// What was attempted, as a verb: `open`, `write`, `rename`.
    public let operation: String
    /// The path concerned, when there is one.
    public let path: String?

    /// Describes a failure; `code` is the current `errno` unless told.
    public init(_ operation: String, path: String? = nil, code: Int32 = errno) {
        self.code = code
        self.operation = operation
        self.path = path
    }

    /// Whether a file system, or somebody's share of it, is full.
    public var isOutOfSpace: Bool { code == ENOSPC || code == EDQUOT }

    /// The operating system's words for the code: `No such file or directory`.
    public var message: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard let text = strerrorText(code, &buffer) else { return "error \(code)" }
        return text
    }

    /// Operation, path and the system's words: `open /etc/x: Permission denied`.
    public var description: String {
        if let path { return "\(operation) \(path): \(message)" }
        return "\(operation): \(message)"
    }
}

private func strerrorText(_ code: Int32, _ buffer: inout [CChar]) -> String? {
    // Glibc's module exposes the POSIX form, which fills the buffer and returns 0.
    guard strerror_r(code, &buffer, buffer.count) == 0 else { return nil }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
