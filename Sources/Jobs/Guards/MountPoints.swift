internal import Glibc
internal import Support

/// The places where something is mounted.
///
/// Bind mounts of one file system cannot be told by its device, so the kernel's own table is read: `mountinfo` of
/// proc(5), in which blanks and backslashes of a path are written as octal numbers.
struct MountPoints {
    private let paths: Set<String>

    /// Those of this process.
    /// - Throws: `SystemError` when the system does not tell.
    init() throws(SystemError) {
        self.init(table: try SmallFile.read("/proc/self/mountinfo", limit: 8 << 20))
    }

    /// Those of a table.
    init(table: [UInt8]) {
        var paths: Set<String> = []
        for line in table.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 5)
            guard fields.count > 4 else { continue }
            paths.insert(String(decoding: Self.unescaped(fields[4]), as: UTF8.self))
        }
        self.paths = paths
    }

    /// Whether something is mounted at a path, links in it followed.
    func contains(_ path: String) -> Bool {
        guard let real = realpath(path, nil) else { return false }
        defer { free(real) }
        return paths.contains(String(cString: real))
    }

    private static func unescaped(_ field: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = field
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
            {
                bytes.append(value)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }
}
