internal import Glibc
internal import Support

/// Files that others read at any time.
enum WholeFile {
    /// Puts a whole file in place of the one before: whoever reads it never sees a half one.
    /// - Throws: `SystemError`; what was there before is still there then.
    static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws(SystemError) {
        let fresh = "\(path).\(getpid()).\(UInt32.random(in: .min ... .max)).tmp"
        do throws(SystemError) {
            let file = try FileDescriptor.open(fresh, flags: O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
            var failure: SystemError?
            bytes.withUnsafeBytes { bytes in
                do throws(SystemError) { try file.write(all: bytes) } catch { failure = error }
            }
            if let failure { throw failure }
            try FileTree.rename(fresh, to: path)
        } catch {
            FileTree.remove(fresh)
            throw error
        }
    }
}
