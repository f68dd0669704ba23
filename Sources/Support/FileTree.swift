public import Glibc

/// Folders and what is below them.
public enum FileTree {
    /// Creates a folder and those above it that are missing.
    public static func createFolder(_ path: String, mode: mode_t = 0o755) throws(SystemError) {
        if mkdir(path, mode) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw SystemError("create folder", path: path)
        }
        try createFolder(String(path[..<slash]), mode: mode)
        guard mkdir(path, mode) == 0 || errno == EEXIST else { throw SystemError("create folder", path: path) }
    }

    /// Gives a file or folder another name, replacing what had it.
    public static func rename(_ path: String, to newPath: String) throws(SystemError) {
        guard Glibc.rename(path, newPath) == 0 else { throw SystemError("rename", path: path) }
    }

    /// Removes a file, or a folder with everything in it; links are removed, never followed.
    ///
    /// Returns whether nothing is left; what was not there counts as removed.
    @discardableResult
    public static func remove(_ path: String) -> Bool {
        remove(Array(path.utf8CString))
    }

    // Names are bytes, not text: one that is no UTF-8 has to go as well.
    private static func remove(_ path: [CChar]) -> Bool {
        if unlink(path) == 0 || errno == ENOENT { return true }
        guard errno == EISDIR || errno == EPERM, let children = names(in: path) else { return false }
        for child in children {
            _ = remove(path.dropLast() + [CChar(UInt8(ascii: "/"))] + child + [0])
        }
        return rmdir(path) == 0
    }

    /// The names in a folder that are text, in their order; none when it cannot be read.
    public static func names(in folder: String) -> [String] {
        let names = names(in: Array(folder.utf8CString)) ?? []
        return names.compactMap { String(validating: $0.map { UInt8(bitPattern: $0) }, as: UTF8.self) }.sorted()
    }

    /// The names in a folder as C strings, without those of the folder itself and its parent; `nil` when it cannot be read.
    static func names(in folder: [CChar]) -> [[CChar]]? {
        guard let stream = opendir(folder) else { return nil }
        defer { closedir(stream) }
        var names: [[CChar]] = []
        while let entry = readdir(stream) {
            // In place: a record is as long as its name, and may end where readable memory ends.
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 1) {
                    Array(UnsafeBufferPointer(start: $0, count: strlen($0)))
                }
            }
            if name != [46], name != [46, 46] { names.append(name) }
        }
        return names
    }
}
