internal import Configuration
internal import Secrets

/// What a pod needs of a Secret: files and variables.
struct SecretPlan {
    /// The variables, in order; each is a key of the Secret.
    private(set) var variables: [String] = []
    /// The paths of files, in order, each with its key in the Secret.
    private(set) var files: [(path: FolderPath, key: String)] = []
    /// Whether a pod has to prove to somebody which service account it has.
    private(set) var needsToken = false

    /// The keys of the Secret.
    var keys: [String] { Set(variables + files.map(\.key)).sorted() }

    /// What a configuration takes from files and variables, but for what is on a volume that is mounted anyhow.
    init(
        _ configuration: Configuration, _ request: RenderRequest, isMounted: (FolderPath) -> Bool,
        _ findings: inout RenderFindings
    ) {
        var variables = Set(request.secretVariables)
        var paths: Set<FolderPath> = []
        for (name, source) in configuration.secrets.sorted(by: { $0.key < $1.key }) {
            switch source {
            case .environment(let variable):
                let isGiven = request.variables[variable] ?? request.variables["\(variable)_FILE"]
                if let file = request.variables["\(variable)_FILE"] { Self.add(file, to: &paths) }
                if isGiven == nil { variables.insert(variable) }
            case .file(let path): Self.add(path, to: &paths)
            case .content(let content): Self.add(content.path, to: &paths)
            case .sops(let file): Self.add(file.path, to: &paths)
            case .google(let secret): if case .keyFile(let path) = secret.identity { Self.add(path, to: &paths) }
            case .vault(let secret):
                if let path = secret.server.certificateAuthorities { Self.add(path, to: &paths) }
                if case .kubernetes(_, nil, _) = secret.server.login { needsToken = true }
                if case .kubernetes(_, let path?, _) = secret.server.login { Self.add(path, to: &paths) }
            case .systemd, .pass, .libsecret:
                findings.warn(
                    "the secret comes from \(source.provenance), which a pod does not have: take it from a file below "
                        + "/run/secrets", "secrets", name)
            default: break
            }
        }
        // A job by itself answers nobody.
        if request.mode == .daemon, let tls = configuration.runtime.api.tls {
            Self.add(tls.certificate, to: &paths)
            Self.add(tls.key, to: &paths)
        }
        for report in configuration.reports.values {
            let tls: ReportSpecification.Webhook.TLS? =
                switch report.channel {
                case .webhook(let webhook): webhook.tls
                case .email(let email): email.tls
                case .xmpp(let xmpp): xmpp.tls
                case .service: nil
                }
            if let path = tls?.authorities { Self.add(path, to: &paths) }
        }
        self.variables = variables.sorted()
        var keys = variables
        for path in paths.sorted(by: { $0.text < $1.text }) where !isMounted(path) && !Self.isInImage(path) {
            guard !MountPoints.isReserved(path.parent), !FolderPath(path: ConfigurationFolder.path).contains(path)
            else {
                findings.refuse(
                    "no Secret can be mounted at \(path.parent.text) for \(path.text), where other things are: put "
                        + "it into a folder of its own, such as /run/secrets/\(path.last)", "secrets")
                continue
            }
            var key = ObjectNames.isKey(path.last) ? path.last : "file"
            if !keys.insert(key).inserted {
                key = String(path.text.dropFirst().map { $0 == "/" ? "." : $0 })
                keys.insert(key)
            }
            files.append((path, key))
        }
        for key in keys.sorted() where !ObjectNames.isKey(key) {
            findings.refuse("`\(key)` cannot be a key of a Secret", "secrets")
        }
    }

    private static func add(_ path: String, to paths: inout Set<FolderPath>) {
        if let path = FolderPath(path) { paths.insert(path) }
    }

    /// Whether a file comes with the image: the usual authorities.
    private static func isInImage(_ path: FolderPath) -> Bool {
        ["/etc/ssl", "/usr/share", "/usr/local/share"].contains { FolderPath(path: $0).contains(path) }
    }

    /// The variables of a container.
    func environment(_ secret: String) -> [ManifestValue] {
        variables.map { name in
            [
                "name": .text(name),
                "valueFrom": ["secretKeyRef": ["name": .text(secret), "key": .text(name)]],
            ]
        }
    }

    /// The folders with files, each with the items of its volume.
    var folders: [(path: FolderPath, items: [ManifestValue])] {
        var folders: [(path: FolderPath, items: [ManifestValue])] = []
        for (path, key) in files {
            let item: ManifestValue = ["key": .text(key), "path": .text(path.last)]
            if let index = folders.firstIndex(where: { $0.path == path.parent }) {
                folders[index].items.append(item)
            } else {
                folders.append((path.parent, [item]))
            }
        }
        return folders
    }
}
