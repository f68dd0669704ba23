internal import Configuration
internal import Glibc

/// Makes Kubernetes manifests of a configuration.
///
/// The same request gives the same bytes, on every machine: nothing of the environment counts but what the request
/// names.
public struct KubernetesRendering {
    private let request: RenderRequest
    private let configuration: Configuration
    private let folder: ConfigurationFolder
    private let names: Objects
    private var findings: RenderFindings
    private var objectNames = ObjectNames()
    private var claims: [VolumePlan.OwnClaim] = []
    private var storeNames: [String: String] = [:]

    /// Makes the manifests.
    /// - Throws: `InvalidConfiguration`, or `RenderError` with everything that stands in the way.
    public static func render(_ request: RenderRequest) throws -> RenderedManifests {
        var rendering = try KubernetesRendering(request)
        return try rendering.manifests()
    }

    private init(_ request: RenderRequest) throws {
        guard !request.input.paths.contains(ConfigurationInput.standardInput) else {
            throw RenderError(problems: [
                RenderProblem(
                    place: nil, job: nil,
                    message: "standard input has no file name to be mounted by: write the configuration to a file")
            ])
        }
        let reading = ConfigurationReading(request.input, environment: request.variables)
        let loaded = try reading.load()
        folder = ConfigurationFolder(reading.documents, inputs: request.input.paths, here: Self.here)
        // Relative paths are those of the folder in the pod.
        let inputs = request.input.paths.compactMap { FolderPath($0.hasPrefix("/") ? $0 : "\(Self.here)/\($0)")?.text }
        let placed = ConfigurationInput(
            inputs, settings: request.input.settings,
            placement: FilePlacement(folder.origin.text, standingFor: ConfigurationFolder.path))
        configuration = try ConfigurationReading(placed, environment: request.variables).load().configuration
        findings = RenderFindings(loaded.effective)
        for warning in loaded.warnings where warning.code == .literalSecret {
            findings.refuse(
                "\(warning.message), and a ConfigMap is no place for it: name a secret under `secrets:` instead",
                at: warning.place)
        }
        self.request = request
        names = Objects(request)
    }

    private static var here: String {
        guard let folder = getcwd(nil, 0) else { return "/" }
        defer { free(folder) }
        return String(cString: folder)
    }

    // MARK: All of it

    private mutating func manifests() throws(RenderError) -> RenderedManifests {
        check()
        let labels = request.labels.merging([
            Workloads.nameLabel: request.name,
            "app.kubernetes.io/instance": ObjectNames.labelValue(configuration.instance),
        ]) { $1 }
        let annotations = ["dunnage/config-hash": configuration.hash]
        for destination in configuration.destinations.keys.sorted() {
            storeNames[destination] = objectNames.name("\(request.name)-\(destination)")
        }
        let workloads = Workloads(labels: labels, annotations: annotations)
        let secrets: SecretPlan
        let pods: [ManifestValue]
        switch request.mode {
        case .cronjobs: (pods, secrets) = cronJobs(workloads)
        case .daemon: (pods, secrets) = deployment(workloads)
        }
        guard findings.errors.isEmpty else { throw RenderError(problems: findings.errors) }
        let surroundings = Surroundings(request: request, names: names, labels: labels, annotations: annotations)
        var access: [ManifestValue] = request.serviceAccount == nil ? [surroundings.serviceAccount()] : []
        if request.hasNetworkPolicy {
            access.append(
                surroundings.networkPolicy(
                    ports: EgressPorts(configuration, further: request.egressPorts).ports,
                    listening: request.mode == .daemon ? openPorts : []))
        }
        let files = [
            RenderedManifests.File(name: "configuration.yaml", documents: [surroundings.configMap(folder)]),
            RenderedManifests.File(name: "access.yaml", documents: access),
            RenderedManifests.File(
                name: "volumes.yaml", documents: ownClaims.map { surroundings.claim($0.name, size: $0.size) }),
            RenderedManifests.File(name: "workloads.yaml", documents: pods),
        ]
        return RenderedManifests(
            files: files.filter { !$0.documents.isEmpty }.map { $0.placed(in: request.namespace) },
            warnings: findings.warnings, secret: names.secret, secretKeys: secrets.keys,
            namespace: request.namespace, hash: configuration.hash)
    }

    /// Our own claims, each once.
    private var ownClaims: [VolumePlan.OwnClaim] {
        var seen: Set<String> = []
        return claims.filter { seen.insert($0.name).inserted }.sorted { $0.name < $1.name }
    }

    private mutating func check() {
        if folder.size > ConfigurationFolder.limit {
            findings.refuse(
                "the configuration has \(folder.size) bytes, and a ConfigMap holds \(ConfigurationFolder.limit): render "
                    + "it in several parts")
        }
        let state = PodPlan.stateFolder(configuration)
        if MountPoints.isReserved(state) || FolderPath(path: ConfigurationFolder.path).contains(state) {
            findings.refuse(
                "the state cannot be at \(state.text) in a pod, where other things are: write `state_dir: /state`",
                "runtime", "state_dir")
        }
        if configuration.jobs.isEmpty { findings.refuse("the configuration has no job that could run") }
        let places = Dictionary(grouping: request.claims, by: \.path)
        for path in places.keys.sorted() where (places[path]?.count ?? 0) > 1 {
            findings.refuse("two claims are to be mounted at \(path)")
        }
        for claim in request.claims where MountPoints.isReserved(FolderPath(path: claim.path)) {
            findings.refuse("no claim can be mounted at \(claim.path), where the image has its own files")
        }
        for name in request.shards.keys.sorted() where configuration.job(named: name) == nil {
            findings.refuse("there is no job \(name) to be divided")
        }
        if request.mode == .cronjobs {
            for blackout in configuration.runtime.limits.blackouts where blackout.upload == nil {
                findings.warn(
                    "CronJobs do not wait for the end of the blackout from \(blackout.from) to \(blackout.to)",
                    "runtime", "limits", "blackout")
            }
        }
        if configuration.runtime.metrics?.file != nil {
            findings.warn(
                "a metrics file in a pod is read by nobody: use `push_gateway`", "runtime", "metrics", "file")
        }
        for job in configuration.jobs { check(job) }
    }

    private mutating func check(_ job: JobSpecification) {
        let divided = request.shards[job.name] != nil
        for name in job.destinations {
            guard let destination = configuration.destinations[name], destination.isSharded != divided else { continue }
            findings.refuse(
                divided
                    ? "the URL of its destination \(name) has no `{shard}`, and all parts would write to one store"
                    : "the URL of its destination \(name) has `{shard}` in it: say into how many parts the job is "
                        + "divided, as `--shards \(job.name)=4`", job: job.name, "destinations")
        }
        if divided, request.mode == .daemon {
            findings.refuse("the service does not divide jobs: leave out `--mode daemon`", job: job.name)
        }
        if divided, job.expectations.contains(where: { $0.minFiles != nil || $0.minSize != nil }) {
            findings.refuse(
                "`min_files` and `min_size` are about all of a source, of which each part sees its share: use "
                    + "`must_exist`, `max_removed` or `max_changed`", job: job.name, "expect")
        }
        for (key, value) in job.labels.sorted(by: { $0.key < $1.key })
        where !ObjectNames.isLabelKey(key) || !ObjectNames.isLabelValue(value) {
            findings.warn(
                "its label `\(key): \(value)` cannot be one in Kubernetes, and is left out there", job: job.name,
                "labels", key)
        }
        if request.mode == .cronjobs, job.verification.remote != nil {
            findings.warn(
                "its CronJob makes backups only: have a CronJob of your own run `dunnage verify \(job.name) --sample 5%`, "
                    + "or use `--mode daemon`", job: job.name, "verify", "remote")
        }
        let hooks = job.hooks.before + job.hooks.after + job.hooks.onFailure + job.hooks.finally
        let asksDocker = hooks.contains { hook in
            switch hook.action {
            case .dockerExec, .dockerStop: true
            case .command, .http: false
            }
        }
        let readsContainers = job.sources.contains { source in
            switch source.dump {
            case .container: true
            case .database(let dump): dump.container != nil
            case .sqlite, nil: false
            }
        }
        if asksDocker || readsContainers {
            findings.warn(
                "it asks a Docker engine, which a pod has none of: speak to the application over the network",
                job: job.name, asksDocker ? "hooks" : "sources")
        }
        if divided, !hooks.isEmpty {
            findings.warn("its hooks run in each of its parts", job: job.name, "hooks")
        }
    }

    // MARK: Pods

    private mutating func cronJobs(_ workloads: Workloads) -> ([ManifestValue], SecretPlan) {
        let state = PodPlan.stateFolder(configuration)
        var manifests: [ManifestValue] = []
        var volumes: [VolumePlan] = []
        for job in configuration.jobs {
            volumes.append(VolumePlan(job, configuration, request, names: storeNames, &findings))
        }
        let secrets = secretPlan(volumes)
        for (job, own) in zip(configuration.jobs, volumes) {
            var volumes = own
            let shards = request.shards[job.name]
            let plan = CronPlan(job, configuration, &findings)
            // Parts of a job are on several machines at the same time, which one claim for the state would not be.
            let keepsState = request.keepsState && !configuration.runtime.isStateless && shards == nil
            var stateClaim: String?
            if keepsState, !volumes.take(state: state, request) {
                let name = objectNames.name("\(request.name)-state-\(job.name)")
                claims.append(.init(name: name, size: request.stateSize))
                stateClaim = name
            }
            claims += volumes.ownClaims
            var arguments = ["run", job.name]
            if let shards { arguments += ["--shard", "$(JOB_COMPLETION_INDEX)/\(shards)"] }
            if !keepsState, !configuration.runtime.isStateless { arguments.append("--stateless") }
            let pod = PodPlan(
                request: request, configuration: configuration, folder: folder, names: names, arguments: arguments,
                volumes: volumes.mounts, secrets: secrets, stateClaim: stateClaim)
            for (index, expression) in plan.expressions.enumerated() {
                let suffix = plan.expressions.count > 1 ? "-\(index + 1)" : ""
                let name = objectNames.name(
                    "\(request.name)-\(job.name)\(suffix)", longest: ObjectNames.longestCronJob)
                manifests.append(
                    workloads.cronJob(job, named: name, expression, plan, shards: shards, pod: pod))
            }
        }
        return (manifests, secrets)
    }

    private mutating func deployment(_ workloads: Workloads) -> ([ManifestValue], SecretPlan) {
        let state = PodPlan.stateFolder(configuration)
        var volumes: [VolumePlan] = []
        for job in configuration.jobs {
            volumes.append(VolumePlan(job, configuration, request, names: storeNames, &findings))
        }
        let hasState = !volumes.isEmpty && volumes[0].take(state: state, request)
        var mounts: [VolumePlan.Mount] = []
        for mount in volumes.flatMap(\.mounts) {
            if let index = mounts.firstIndex(where: { $0.path == mount.path }) {
                mounts[index].isReadOnly = mounts[index].isReadOnly && mount.isReadOnly
            } else {
                mounts.append(mount)
            }
        }
        claims += volumes.flatMap(\.ownClaims)
        if configuration.runtime.isStateless || !request.keepsState {
            findings.refuse("a service follows its schedules by its state: leave out `--no-state`", "runtime")
        }
        var stateClaim: String?
        if !hasState, !mounts.contains(where: { $0.path.contains(state) }) {
            let name = objectNames.name("\(request.name)-state")
            claims.append(.init(name: name, size: request.stateSize))
            stateClaim = name
        }
        let secrets = secretPlan(volumes)
        var pod = PodPlan(
            request: request, configuration: configuration, folder: folder, names: names, arguments: ["serve"],
            volumes: mounts, secrets: secrets, stateClaim: stateClaim)
        pod.service = service
        return ([workloads.deployment(named: names.common, pod: pod)], secrets)
    }

    private mutating func secretPlan(_ volumes: [VolumePlan]) -> SecretPlan {
        let plan = SecretPlan(
            configuration, request, isMounted: { path in volumes.contains { $0.contains(path) } }, &findings)
        // A Secret is mounted read-only: there nothing else can be mounted below it.
        let others = [PodPlan.stateFolder(configuration)] + volumes.flatMap(\.mounts).map(\.path)
        for folder in plan.folders.map(\.path) {
            guard let other = others.first(where: { folder.contains($0) }) else { continue }
            findings.refuse(
                "the Secret would be mounted at \(folder.text), and \(other.text) below it cannot be: put its files "
                    + "into a folder of their own, such as /run/secrets", "secrets")
        }
        return plan
    }

    /// The ports that others may connect to: those of addresses that are not the pod's own.
    private var openPorts: [Int] {
        Set(configuration.runtime.listen.filter { !$0.isLoopback }.map { Int($0.port) }).sorted()
    }

    /// The ports and the probes of the service.
    private var service: [ManifestValue.Entry] {
        let paths = folder.paths.flatMap { ["--config", $0] }
        let check = ManifestValue.list((["dunnage", "healthcheck"] + paths).map { .text($0) })
        func probe(_ entries: ManifestValue.Entry...) -> ManifestValue {
            .mapping([.init("exec", ["command": check])] + entries + [.init("timeoutSeconds", 10)])
        }
        let ports = openPorts.enumerated().map { number, port -> ManifestValue in
            let name = number == 0 ? "http" : "http-\(port)"
            return ["name": .text(name), "containerPort": .number(port), "protocol": "TCP"]
        }
        return (ports.isEmpty ? [] : [.init("ports", .list(ports))]) + [
            .init("startupProbe", probe(.init("periodSeconds", 5), .init("failureThreshold", 60))),
            .init("livenessProbe", probe(.init("periodSeconds", 60), .init("failureThreshold", 3))),
            .init("readinessProbe", probe(.init("periodSeconds", 30))),
        ]
    }
}

extension RenderedManifests.File {
    /// The file with the namespace in each of its objects.
    fileprivate func placed(in namespace: String?) -> Self {
        guard let namespace else { return self }
        return Self(
            name: name,
            documents: documents.map { document in
                guard case .mapping(let entries) = document else { return document }
                return .mapping(
                    entries.map { entry in
                        guard entry.key == "metadata", case .mapping(let own) = entry.value else { return entry }
                        var placed = own
                        placed.insert(.init("namespace", .text(namespace)), at: min(1, placed.count))
                        return .init("metadata", .mapping(placed))
                    })
            })
    }
}
