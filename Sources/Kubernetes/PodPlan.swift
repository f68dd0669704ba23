internal import Configuration
internal import Support

/// The pod of a job, or of the service.
struct PodPlan {
    let request: RenderRequest
    let configuration: Configuration
    let folder: ConfigurationFolder
    let names: Objects
    /// The arguments of the program, without the configuration.
    let arguments: [String]
    /// The volumes of sources and destinations.
    let volumes: [VolumePlan.Mount]
    /// What comes from the Secret.
    let secrets: SecretPlan
    /// The claim with the state; nil when nothing is kept.
    let stateClaim: String?
    /// Ports and probes of the container.
    var service: [ManifestValue.Entry] = []

    /// Where catalogs and ledgers are.
    static func stateFolder(_ configuration: Configuration) -> FolderPath {
        configuration.runtime.stateDirectory.flatMap { FolderPath($0) } ?? FolderPath(path: "/state")
    }

    /// The template of the pod.
    func template(labels: [String: String], annotations: [String: String], deadline: Bool) -> ManifestValue {
        let grace = Int(min(configuration.runtime.shutdownGrace?.fixedSeconds ?? 20, 86_400))
        let (mounted, container) = container()
        return [
            "metadata": ["labels": .texts(labels), "annotations": .texts(annotations)],
            "spec": .object(
                deadline ? .init("restartPolicy", "Never") : nil,
                // The grace of the program, then its hooks and reports.
                .init("terminationGracePeriodSeconds", .number(grace + 40)),
                .init("serviceAccountName", .text(request.serviceAccount ?? names.common)),
                .init("automountServiceAccountToken", .flag(request.serviceAccount != nil || secrets.needsToken)),
                .init("enableServiceLinks", false),
                .init(
                    "securityContext",
                    [
                        "runAsNonRoot": true, "runAsUser": .number(request.user), "runAsGroup": .number(request.group),
                        "fsGroup": .number(request.group), "fsGroupChangePolicy": "OnRootMismatch",
                        "seccompProfile": ["type": "RuntimeDefault"],
                    ]),
                .init("containers", [container]), .init("volumes", .list(mounted.volumes))),
        ]
    }

    private func container() -> (MountPoints, ManifestValue) {
        let mounted = mountPoints()
        let paths = folder.paths.flatMap { ["--config", $0] }
        let settings = request.input.settings.flatMap { ["--set", $0] }
        var environment = request.variables.sorted { $0.key < $1.key }.map { variable -> ManifestValue in
            ["name": .text(variable.key), "value": .text(Self.escaped(variable.value))]
        }
        environment += secrets.environment(names.secret)
        if configuration.runtime.stateDirectory == nil {
            environment.append([
                "name": "STATE_DIRECTORY", "value": .text(Self.stateFolder(configuration).text),
            ])
        }
        let temporary = temporarySize
        let container = ManifestValue.mapping(
            [
                .init("name", "dunnage"), .init("image", .text(request.image)),
                .init("args", .list((arguments + paths + settings.map(Self.escaped)).map { .text($0) })),
            ] + (environment.isEmpty ? [] : [.init("env", .list(environment))]) + service
                + [
                    .init(
                        "securityContext",
                        [
                            "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
                            "capabilities": ["drop": ["ALL"]],
                        ]),
                    .init(
                        "resources",
                        [
                            "requests": [
                                "cpu": .text(request.cpu), "memory": "256Mi",
                                "ephemeral-storage": "\(temporary)Gi",
                            ],
                            "limits": ["memory": .text(request.memory), "ephemeral-storage": "\(temporary + 1)Gi"],
                        ]),
                    .init("volumeMounts", .list(mounted.mounts)),
                ])
        return (mounted, container)
    }

    /// A text that stays what it is: Kubernetes fills in `$(NAME)`, and makes one `$` of every two.
    static func escaped(_ text: String) -> String { text.replacing("$", with: "$$") }

    private func mountPoints() -> MountPoints {
        var points = MountPoints()
        points.add(volume: folder.volume(names.configMap), named: "config")
        points.mount("config", at: ConfigurationFolder.path, isReadOnly: true)
        for (index, part) in secrets.folders.enumerated() {
            let name = index == 0 ? "secrets" : "secrets-\(index + 1)"
            points.add(
                volume: [
                    "name": .text(name),
                    // 0440: for the group of the pod, which is that of the volume.
                    "secret": ["secretName": .text(names.secret), "defaultMode": 288, "items": .list(part.items)],
                ], named: name)
            points.mount(name, at: part.path.text, isReadOnly: true)
        }
        for mount in volumes {
            points.mount(
                claim: mount.claim, at: mount.path.text, isReadOnly: mount.isReadOnly, subPath: mount.subPath)
        }
        let state = Self.stateFolder(configuration)
        if let stateClaim {
            points.mount(claim: stateClaim, at: state.text, isReadOnly: false, subPath: nil)
        } else if !volumes.contains(where: { $0.path.contains(state) }) {
            points.add(volume: ["name": "state", "emptyDir": [:]], named: "state")
            points.mount("state", at: state.text)
        }
        points.add(
            volume: ["name": "tmp", "emptyDir": ["sizeLimit": "\(temporarySize)Gi"]], named: "tmp")
        points.mount("tmp", at: "/tmp")
        return points
    }

    /// Gibibytes for the volumes that are being written, twenty at most, and for a catalog that is fetched.
    private var temporarySize: Int {
        let sizes = configuration.destinations.values.map(\.volumeSize) + configuration.jobs.map(\.options.volumeSize)
        let largest = sizes.compactMap { $0?.bytes }.max() ?? 50 << 20
        let gibibytes = Int(min((max(largest, 50 << 20) * 20 + (1 << 30) - 1) >> 30, 1000))
        return stateClaim == nil ? gibibytes + 1 : gibibytes
    }
}
