import Destinations
import Glibc
import Support
import TestSupport

/// A folder of this machine as a subject of the conformance checks.
enum FileSubject {
    static func make() throws -> ConformanceSubject {
        let folder = try TemporaryFolder(prefix: "dunnage-file")
        let freshPath: @Sendable () -> String = { "\(folder.path)/\(UInt64.random(in: 0 ... .max))" }
        return ConformanceSubject(
            name: "a folder", abilities: [],
            url: { "file://\(folder.path)/store" },
            make: {
                let destination = FileDestination(folder: freshPath())
                try destination.prepare(create: true)
                return destination
            },
            reopen: { try DestinationRegistry.open(url: $0.label) },
            makeMissing: { FileDestination(folder: "\(freshPath())/below") },
            makeReadOnly: ScratchMount.isPossible ? readOnly : nil,
            makeSmall: ScratchMount.isPossible ? small : nil,
            leaveLeftovers: { destination in
                for (name, age) in [("0123456789abcdef", 2 * 86_400), ("fedcba9876543210", 0)] {
                    let path = "\(path(of: destination))/.dunnage-\(name).part"
                    _ = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_EXCL)
                    let time = timeval(tv_sec: Int(Timestamp.now().seconds) - age, tv_usec: 0)
                    guard utimes(path, [time, time]) == 0 else { throw SystemError("utimes", path: path) }
                }
            },
            countLeftovers: { destination in
                try Names.of(path(of: destination)).count { $0.hasPrefix(".dunnage-") }
            })
    }

    private static func path(of destination: any Destination) -> String {
        String(destination.label.dropFirst("file://".count))
    }

    /// A file open for writing would keep its file system writable, so it has to be closed first.
    private static func write(_ text: String, to path: String) throws {
        let file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT)
        try Array(text.utf8).withUnsafeBytes { try file.write(all: $0) }
    }

    private static let small: @Sendable () throws -> ConformanceSubject.Filling = {
        let mount = try ScratchMount(options: "size=1m")
        return .init(destination: FileDestination(folder: mount.path), end: mount.end)
    }

    private static let readOnly: @Sendable () throws -> ConformanceSubject.Filling = {
        let mount = try ScratchMount(options: "size=1m")
        do {
            try Self.write("there", to: "\(mount.path)/there")
            try mount.makeReadOnly()
        } catch {
            mount.end()
            throw error
        }
        return .init(destination: FileDestination(folder: mount.path), end: mount.end)
    }
}

/// The names in a folder.
enum Names {
    static func of(_ path: String) throws -> [String] {
        guard let stream = opendir(path) else { throw SystemError("list", path: path) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
