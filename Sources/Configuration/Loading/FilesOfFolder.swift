internal import Glibc
internal import Support

/// The configuration files in a folder.
enum FilesOfFolder {
    /// The names of the `*.yaml` and `*.yml` files, in the order of their bytes.
    ///
    /// Names that begin with a dot are left out. So a folder that Kubernetes fills from a ConfigMap is read once: there
    /// `dunnage.yaml` is a link to `..data/dunnage.yaml`, and `..data` a link to the folder of the newest state.
    static func names(in folder: String) throws(SystemError) -> [String] {
        guard let listing = opendir(folder) else { throw SystemError("read", path: folder) }
        defer { closedir(listing) }
        var names: [String] = []
        while let entry = readdir(listing) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard !name.hasPrefix("."), name.hasSuffix(".yaml") || name.hasSuffix(".yml") else { continue }
            if try FileIdentity("\(folder)/\(name)").isFolder { continue }
            names.append(name)
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
