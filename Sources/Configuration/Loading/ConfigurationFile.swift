internal import Glibc
internal import Support

/// Reads the bytes of a configuration file.
enum ConfigurationFile {
    /// More than any configuration; reading stops soon after it, and the check refuses the length.
    static let limit = 4 << 20

    static func read(_ path: String, limit: Int = limit) throws(SystemError) -> [UInt8] {
        try read(from: try FileDescriptor.open(path), path, limit: limit)
    }

    /// Reads what is left of an open file.
    static func read(
        from file: borrowing FileDescriptor, _ path: String, limit: Int = limit
    ) throws(SystemError) -> [UInt8] {
        var status = stat()
        guard fstat(file.raw, &status) == 0 else { throw SystemError("stat", path: path) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw SystemError("read", path: path, code: EISDIR) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= limit {
            let count = try readChunk(file, &chunk)
            bytes += chunk[..<count]
            if count < chunk.count { break }
        }
        return bytes
    }

    private static func readChunk(_ file: borrowing FileDescriptor, _ chunk: inout [UInt8]) throws(SystemError) -> Int {
        var result: Result<Int, SystemError> = .success(0)
        chunk.withUnsafeMutableBytes { buffer in
            do throws(SystemError) {
                result = .success(try file.read(into: buffer))
            } catch {
                result = .failure(error)
            }
        }
        return try result.get()
    }

    /// The absolute path of the folder that holds a file.
    static func folder(of path: String) -> String {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) }
        if let folder, path.hasPrefix("/") { return folder.isEmpty ? "/" : folder }
        guard let here = getcwd(nil, 0) else { return folder ?? "." }
        defer { free(here) }
        let current = String(cString: here)
        guard let folder, folder != "." else { return current }
        return "\(current)/\(folder)"
    }
}
