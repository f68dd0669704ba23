import Engine
import Foundation
import Glibc

/// How a restored tree differs from the manifest of the original one; empty when it does not.
enum TreeComparison {
    static func differences(_ folder: String, _ manifest: [FixtureStore.ManifestEntry]) throws -> [String] {
        var differences: [String] = []
        var unexpected = Set(try FileManager.default.subpathsOfDirectory(atPath: folder))
        let isRoot = geteuid() == 0
        for expected in manifest {
            unexpected.remove(expected.path)
            let path = "\(folder)/\(expected.path)"
            var status = stat()
            guard lstat(path, &status) == 0 else {
                differences.append("\(expected.path) is missing")
                continue
            }
            let mode = "0o" + String(status.st_mode, radix: 8)
            if mode != expected.mode { differences.append("\(expected.path) has mode \(mode), not \(expected.mode)") }
            let modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
            // The store keeps steps of 100 nanoseconds.
            if modified / 100 != expected.modified / 100 {
                differences.append("\(expected.path) has time \(modified), not \(expected.modified)")
            }
            if isRoot, status.st_uid != expected.uid || status.st_gid != expected.gid {
                differences.append("\(expected.path) belongs to \(status.st_uid):\(status.st_gid)")
            }
            switch expected.type {
            case "file":
                let content = try Data(contentsOf: URL(filePath: path))
                if Int64(content.count) != expected.size { differences.append("\(expected.path) has another size") }
                if sha256(content) != expected.sha256 { differences.append("\(expected.path) has another content") }
            case "link":
                let target = try FileManager.default.destinationOfSymbolicLink(atPath: path)
                if target != expected.target { differences.append("\(expected.path) points to \(target)") }
            default: break
            }
        }
        return differences + unexpected.sorted().map { "\($0) does not belong there" }
    }
}
