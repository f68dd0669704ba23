import Glibc
import Support

/// A small file system in memory, which only root may mount.
struct ScratchMount {
    let folder: TemporaryFolder

    var path: String { folder.path }

    /// Whether this process may mount: tried once, since containers deny it to their root.
    static let isPossible: Bool = {
        guard geteuid() == 0, let mount = try? ScratchMount(options: "size=64k") else { return false }
        mount.end()
        return true
    }()

    init(options: String) throws {
        folder = try TemporaryFolder(prefix: "dunnage-mount")
        try run("mount -t tmpfs -o \(options),mode=0700 tmpfs '\(path)'")
    }

    func makeReadOnly() throws { try run("mount -o remount,ro '\(path)'") }

    /// Unmounts; the folder goes with the last owner.
    func end() { try? run("umount -l '\(path)'") }

    private func run(_ command: String) throws {
        guard system("\(command) 2>/dev/null") == 0 else { throw SystemError("mount", path: path) }
    }
}
