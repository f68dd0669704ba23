internal import Configuration
internal import Destinations
internal import Secrets

/// Which claims a job's pod needs, and which of them are ours to make.
struct VolumePlan {
    /// A claim that is mounted.
    struct Mount: Hashable {
        let claim: String
        let path: FolderPath
        let subPath: String?
        var isReadOnly: Bool
    }

    /// A claim that is made.
    struct OwnClaim: Hashable {
        let name: String
        let size: String
    }

    private(set) var mounts: [Mount] = []
    private(set) var ownClaims: [OwnClaim] = []

    /// The claims for the sources and destinations of a job.
    ///
    /// `names` are those of our own claims for destinations, by destination.
    init(
        _ job: JobSpecification, _ configuration: Configuration, _ request: RenderRequest, names: [String: String],
        _ findings: inout RenderFindings
    ) {
        for path in Self.sources(of: job) { need(source: path, of: job, request, &findings) }
        for name in job.destinations {
            guard let destination = configuration.destinations[name],
                let folder = Self.folder(of: destination)
            else { continue }
            need(store: folder, of: destination, request, names[name] ?? request.name, &findings)
        }
    }

    /// Whether something is mounted at a path, or above it.
    func contains(_ path: FolderPath) -> Bool { mounts.contains { $0.path.contains(path) } }

    /// Takes the claim of the command line that has the state, if one does.
    mutating func take(state: FolderPath, _ request: RenderRequest) -> Bool {
        guard let claim = request.claims.first(where: { FolderPath(path: $0.path).contains(state) }) else {
            return contains(state)
        }
        add(claim, isReadOnly: false)
        return true
    }

    /// The paths that a job reads, without outputs that become files.
    private static func sources(of job: JobSpecification) -> [FolderPath] {
        job.sources.compactMap { source in
            if case .sqlite(let database) = source.dump { return FolderPath(database) }
            return source.isOutput ? nil : FolderPath(source.path)
        }
    }

    /// The folder of a destination, up to where placeholders begin; nil when it is elsewhere.
    static func folder(of destination: DestinationSpecification) -> FolderPath? {
        guard let text = destination.url.text, let url = try? DestinationURL(parsing: text), url.scheme == "file"
        else { return nil }
        let path = url.hostAndPath
        guard let brace = path.firstIndex(of: "{") else { return FolderPath(path) }
        let fixed = path[..<brace]
        return FolderPath(fixed.hasSuffix("/") ? String(fixed) : FolderPath(String(fixed))?.parent.text ?? "/")
    }

    private mutating func need(
        source path: FolderPath, of job: JobSpecification, _ request: RenderRequest, _ findings: inout RenderFindings
    ) {
        let claims = request.claims.filter {
            let claim = FolderPath(path: $0.path)
            return claim.contains(path) || path.contains(claim)
        }
        guard !claims.isEmpty else {
            findings.refuse(
                "nothing is mounted at its source \(path.text): say which claim has it, as "
                    + "`--claim \(path.text)=NAME`", job: job.name, "sources")
            return
        }
        for claim in claims { add(claim, isReadOnly: true) }
    }

    private mutating func need(
        store path: FolderPath, of destination: DestinationSpecification, _ request: RenderRequest, _ own: String,
        _ findings: inout RenderFindings
    ) {
        if let claim = request.claims.first(where: { FolderPath(path: $0.path).contains(path) }) {
            return add(claim, isReadOnly: false)
        }
        guard !MountPoints.isReserved(path), !FolderPath(path: ConfigurationFolder.path).contains(path) else {
            findings.refuse(
                "no volume can be mounted at \(path.text), where other things are: give it a folder of its own, "
                    + "such as file:///backups/{job}", "destinations", destination.name)
            return
        }
        let mount = Mount(claim: own, path: path, subPath: nil, isReadOnly: false)
        if !mounts.contains(mount) { mounts.append(mount) }
        ownClaims.append(OwnClaim(name: own, size: request.storeSize))
    }

    private mutating func add(_ claim: RenderRequest.Claim, isReadOnly: Bool) {
        let path = FolderPath(path: claim.path)
        if let index = mounts.firstIndex(where: { $0.path == path }) {
            mounts[index].isReadOnly = mounts[index].isReadOnly && isReadOnly
        } else {
            mounts.append(Mount(claim: claim.name, path: path, subPath: claim.subPath, isReadOnly: isReadOnly))
        }
    }
}
