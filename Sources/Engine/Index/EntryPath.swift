/// How a path of a store is taken apart: the folder with its separator, and the name in it.
///
/// The root folder `/` is an entry without a name in the folder with the empty path; `C:\` is the entry `C:` there.
/// Paths of Windows keep their backslashes. A folder's own entry is its name in the parent, without a separator.
public enum EntryPath {
    static let slash = UInt8(ascii: "/")
    static let backslash = UInt8(ascii: "\\")

    /// The separator of a path: a slash when it starts with one or holds nothing, else a backslash.
    public static func separator(of path: UnsafeRawBufferPointer) -> UInt8 {
        guard let first = path.first else { return slash }
        return first == slash ? slash : backslash
    }

    /// Takes a path apart; a separator at its end, as folders have it, does not count.
    /// - Returns: how many bytes the folder's path has, separator included, and where the name is behind it.
    public static func split(_ path: UnsafeRawBufferPointer) -> (folder: Int, name: Range<Int>) {
        let separator = separator(of: path)
        var end = path.count
        if end > 0, path[end - 1] == separator { end -= 1 }
        var start = end
        while start > 0, path[start - 1] != separator { start -= 1 }
        return (start, start..<end)
    }

    /// Takes a path apart.
    public static func split(_ path: [UInt8]) -> (folder: [UInt8], name: [UInt8]) {
        path.withUnsafeBytes { bytes in
            let (folder, name) = split(bytes)
            return (Array(bytes[..<folder]), Array(bytes[name]))
        }
    }

    /// Puts a path together, with a separator at the end when `isFolder`.
    public static func join(_ folder: [UInt8], _ name: [UInt8], isFolder: Bool) -> [UInt8] {
        folder.withUnsafeBytes { join($0, name, isFolder: isFolder) }
    }

    /// Puts a path together, with a separator at the end when `isFolder`.
    public static func join(_ folder: UnsafeRawBufferPointer, _ name: [UInt8], isFolder: Bool) -> [UInt8] {
        var path: [UInt8] = []
        path.reserveCapacity(folder.count + name.count + 1)
        path.append(contentsOf: folder)
        path.append(contentsOf: name)
        if isFolder { path.append(childSeparator(folder, name)) }
        return path
    }

    /// The separator that follows a folder's name.
    private static func childSeparator(_ folder: UnsafeRawBufferPointer, _ name: [UInt8]) -> UInt8 {
        if let last = folder.last { return last }
        return name.isEmpty ? slash : backslash
    }

    /// Whether a path is absolute and stays below its root: no empty, `.` or `..` component, no NUL.
    ///
    /// Whoever can write to the destination can put any text there; what fails here is never restored.
    public static func isSafe(_ path: UnsafeRawBufferPointer) -> Bool {
        guard let first = path.first else { return false }
        let separator = separator(of: path)
        var start: Int
        if first == slash {
            start = 1
        } else if path.count >= 3, path[1] == UInt8(ascii: ":"), path[2] == backslash {
            start = 3
        } else if path.count >= 3, first == backslash, path[1] == backslash {
            start = 2
        } else {
            return false
        }
        while start < path.count {
            var end = start
            while end < path.count, path[end] != separator {
                if path[end] == 0 || path[end] == slash { return false }
                end += 1
            }
            guard isSafeName(UnsafeRawBufferPointer(rebasing: path[start..<end])) else { return false }
            start = end + 1
        }
        return true
    }

    /// Whether a name is one component: not empty, not `.` or `..`, without slash and NUL.
    static func isSafeName(_ name: UnsafeRawBufferPointer) -> Bool {
        guard name.count > 0, !name.contains(0), !name.contains(slash) else { return false }
        guard name[0] == UInt8(ascii: "."), name.count <= 2 else { return true }
        return name.count == 2 && name[1] != UInt8(ascii: ".")
    }
}
