internal import Glibc

/// A folder of our own that disappears, with everything in it, when its last owner lets go.
public final class TemporaryFolder: Sendable {
    /// Its absolute path, without a slash at the end.
    public let path: String

    /// Makes a fresh folder, readable by this user only.
    /// - Parameters:
    ///   - parent: where; the environment's `TMPDIR`, or `/tmp`, unless told.
    ///   - prefix: how its name begins.
    /// - Throws: `SystemError` when it cannot be made.
    public init(in parent: String? = nil, prefix: String = "dunnage") throws(SystemError) {
        let parent = parent ?? getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/\(prefix)-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        guard let made else { throw SystemError("create a temporary folder in", path: parent) }
        path = made
    }

    deinit {
        FileTree.remove(path)
    }
}
