internal import Glibc
internal import Support

/// The right to change one catalog and to write to its store, held by one run on this machine at a time.
///
/// The system gives it back when the process ends, however that happens, so there is never a stale lock to remove.
public final class CatalogLock: Sendable {
    private let file: FileDescriptor

    /// Takes the lock, or fails at once when another process has it.
    /// - Parameters:
    ///   - path: the lock's file, which is created when it is missing and never removed.
    ///   - subject: what is locked, for the message.
    /// - Throws: `Failure` with `ExitCode.temporary` when the lock is held.
    public init(_ path: String, subject: String) throws(Failure) {
        do {
            file = try FileDescriptor.open(path, flags: O_RDWR | O_CREAT, mode: 0o600)
        } catch {
            throw Failure(error)
        }
        while flock(file.raw, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            guard errno == EWOULDBLOCK else { throw Failure(SystemError("lock", path: path)) }
            throw Failure(.busy, .temporary, Self.busy(subject, holder: Self.holder(file)))
        }
        let text = Array("\(getpid())\n".utf8)
        // The number only helps a message; the lock holds without it.
        if ftruncate(file.raw, 0) == 0 { try? text.withUnsafeBytes { try file.write(all: $0, at: 0) } }
    }

    deinit {
        // Closing would not do: a child that is just being started may still have a copy of the descriptor.
        flock(file.raw, LOCK_UN)
    }

    private static func busy(_ subject: String, holder: Int?) -> String {
        let who = holder.map { "process \($0)" } ?? "another process"
        return "\(subject) is in use by \(who). Nothing was done; wait for it to end, and try again."
    }

    private static func holder(_ file: borrowing FileDescriptor) -> Int? {
        var bytes = [UInt8](repeating: 0, count: 32)
        var count = 0
        bytes.withUnsafeMutableBytes { buffer in
            count = (try? file.read(into: buffer, at: 0)) ?? 0
        }
        return Int(String(decoding: bytes[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }
}
