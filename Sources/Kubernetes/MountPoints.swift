/// The volumes of a pod, and where they are mounted.
struct MountPoints {
    private(set) var volumes: [ManifestValue] = []
    private(set) var mounts: [ManifestValue] = []
    private var names: Set<String> = []
    private var places: Set<String> = []

    /// Whether a path is one that the system, or the image, needs.
    static func isReserved(_ path: FolderPath) -> Bool {
        let inside = ["/bin", "/dev", "/lib", "/lib64", "/proc", "/sbin", "/sys", "/usr"]
        let exactly = ["/", "/etc", "/run", "/tmp", "/var"]
        return exactly.contains(path.text) || inside.contains { FolderPath(path: $0).contains(path) }
    }

    /// Adds a volume.
    mutating func add(volume: ManifestValue, named name: String) {
        if names.insert(name).inserted { volumes.append(volume) }
    }

    /// Mounts a volume.
    /// - Returns: whether nothing was mounted there yet.
    @discardableResult
    mutating func mount(_ volume: String, at path: String, isReadOnly: Bool = false, subPath: String? = nil) -> Bool {
        guard places.insert(path).inserted else { return false }
        mounts.append(
            .object(
                .init("name", .text(volume)), .init("mountPath", .text(path)),
                subPath.map { .init("subPath", .text($0)) }, isReadOnly ? .init("readOnly", true) : nil))
        return true
    }

    /// Mounts a claim, whose volume is added when it is not there.
    mutating func mount(claim: String, at path: String, isReadOnly: Bool, subPath: String?) {
        var names = ObjectNames()
        let volume = names.name("claim-\(claim)")
        add(
            volume: ["name": .text(volume), "persistentVolumeClaim": ["claimName": .text(claim)]], named: volume)
        mount(volume, at: path, isReadOnly: isReadOnly, subPath: subPath)
    }
}
