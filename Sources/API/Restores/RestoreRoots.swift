internal import Glibc

/// The folders that restores may write below.
struct RestoreRoots {
    let roots: [String]

    /// Whether a folder is one of them or below one, links followed as far as they are there.
    func allow(_ target: String) -> Bool {
        guard let target = Self.resolved(target) else { return false }
        return roots.contains { root in
            guard let root = Self.resolved(root) else { return false }
            return target == root || root == "/" || target.hasPrefix("\(root)/")
        }
    }

    /// The path without links; nil for one that is not absolute or has `.` or `..` in it.
    private static func resolved(_ path: String) -> String? {
        let parts = path.split(separator: "/")
        guard path.hasPrefix("/"), !path.utf8.contains(0), !parts.contains("."), !parts.contains("..") else {
            return nil
        }
        // What is not there yet will be made by the restore itself.
        for count in stride(from: parts.count, through: 0, by: -1) {
            let prefix = "/" + parts[..<count].joined(separator: "/")
            guard let real = realpath(prefix, nil) else {
                guard errno == ENOENT else { return nil }
                // A link that leads nowhere would be followed later.
                var status = stat()
                if lstat(prefix, &status) == 0 { return nil }
                continue
            }
            defer { free(real) }
            let base = String(cString: real)
            let rest = parts[count...].joined(separator: "/")
            return rest.isEmpty ? base : base == "/" ? "/\(rest)" : "\(base)/\(rest)"
        }
        return nil
    }
}
