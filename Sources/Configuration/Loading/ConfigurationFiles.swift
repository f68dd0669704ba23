internal import Glibc
internal import Support

/// The files that a configuration was read from, as they were: equal as long as none of them was replaced or changed.
public struct ConfigurationFiles: Sendable, Hashable {
    /// What tells one state of a file from another.
    private struct State: Sendable, Hashable {
        let device: UInt64
        let inode: UInt64
        let size: Int64
        let seconds: Int64
        let nanoseconds: Int64
    }

    /// By absolute path; nil for what is not there.
    private let states: [String: State?]
    /// The configuration files beside them, by folder.
    private let names: [String: [String]]

    init(paths: Set<String>, folders: Set<String>) {
        var states: [String: State?] = [:]
        for path in paths { states.updateValue(Self.state(path), forKey: path) }
        var names: [String: [String]] = [:]
        for folder in folders { names[folder] = (try? FilesOfFolder.names(in: folder)) ?? [] }
        self.states = states
        self.names = names
    }

    /// The same files as they are now.
    public func now() -> ConfigurationFiles {
        ConfigurationFiles(paths: Set(states.keys), folders: Set(names.keys))
    }

    private static func state(_ path: String) -> State? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return State(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int64(status.st_size),
            seconds: Int64(status.st_mtim.tv_sec), nanoseconds: Int64(status.st_mtim.tv_nsec))
    }
}

extension ConfigurationReading {
    /// The files that were read, or should have been, and their neighbours, as they are now.
    public func files() -> ConfigurationFiles {
        var paths: Set<String> = []
        var folders: Set<String> = []
        for source in sourceFiles where source.folder.hasPrefix("/") {
            let name = source.name.lastIndex(of: "/").map { source.name[source.name.index(after: $0)...] }
            paths.insert("\(source.folder)/\(name ?? source.name[...])")
            folders.insert(source.folder)
        }
        return ConfigurationFiles(paths: paths, folders: folders)
    }
}
