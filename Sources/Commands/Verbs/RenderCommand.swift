internal import ArgumentParser
internal import Jobs
internal import Kubernetes
internal import Support

/// The commands `dunnage render …`.
struct RenderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render", abstract: "Writes what other programs need to run the jobs of a configuration.",
        subcommands: [RenderKubernetesCommand.self])
}

/// The command `dunnage render kubernetes`.
struct RenderKubernetesCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "kubernetes", abstract: "Makes Kubernetes manifests of a configuration.",
        discussion: """
            A CronJob for each job, the configuration as a ConfigMap, claims, a service account without rights and a \
            NetworkPolicy. The same command line gives the same bytes: no variable of the environment counts. \
            Secrets are named, never read or written.
            """)

    @OptionGroup
    var configuration: ConfigurationOption

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp(
            "Write a kustomize base to this folder, instead of one stream to standard output.", valueName: "folder"),
        completion: .directory)
    var folder: String?

    @Option(help: ArgumentHelp("cronjobs, or daemon for one Deployment of the service.", valueName: "mode"))
    var mode: Mode = .cronjobs

    @Option(help: ArgumentHelp("What the objects' names begin with.", valueName: "name"))
    var name = "dunnage"

    @Option(help: ArgumentHelp("The namespace of the objects.", valueName: "name"))
    var namespace: String?

    @Option(help: ArgumentHelp("The image of the pods; dunnage:VERSION unless told.", valueName: "image"))
    var image: String?

    @Option(
        help: ArgumentHelp(
            "A claim that is there: /source/photos=CLAIM, or CLAIM:FOLDER for a part of it; may be repeated.",
            valueName: "path=claim"))
    var claim: [ClaimArgument] = []

    @Option(
        help: ArgumentHelp(
            "The Secret with what the configuration takes from files and variables; NAME-secrets unless told.",
            valueName: "name"))
    var secret: String?

    @Option(
        help: ArgumentHelp("A further variable that comes from the Secret; may be repeated.", valueName: "variable"))
    var secretEnv: [String] = []

    @Option(
        help: ArgumentHelp(
            "A variable of the pods, which also fills in the configuration; may be repeated.",
            valueName: "variable=value"))
    var env: [PairArgument] = []

    @Option(help: ArgumentHelp("The user and group of the pods, as numbers: 65532:65532.", valueName: "user:group"))
    var user: UserArgument?

    @Option(
        help: ArgumentHelp(
            "A service account that is there, for pods that prove with it who they are.", valueName: "name"))
    var serviceAccount: String?

    @Option(
        help: ArgumentHelp(
            "Divide a job into parts, which run at the same time: photos=4; may be repeated.", valueName: "job=number"))
    var shards: [PairArgument] = []

    @Option(help: ArgumentHelp("The size of the claims for the state.", valueName: "size"))
    var stateSize = "2Gi"

    @Option(help: ArgumentHelp("The size of the claims for destinations that are folders.", valueName: "size"))
    var storeSize = "100Gi"

    @Option(
        help: ArgumentHelp("The storage class of these claims; the cluster's usual one unless told.", valueName: "name")
    )
    var storageClass: String?

    @Flag(name: .customLong("no-state"), help: "Keep no state in the cluster: the catalog comes from the destination.")
    var hasNoState = false

    @Option(help: ArgumentHelp("How much memory a pod may take.", valueName: "size"))
    var memory = "1Gi"

    @Option(help: ArgumentHelp("How much of a processor a pod asks for.", valueName: "quantity"))
    var cpu = "100m"

    @Option(help: ArgumentHelp("A further port that pods may connect to; may be repeated.", valueName: "port"))
    var egressPort: [UInt16] = []

    @Flag(name: .customLong("no-network-policy"), help: "Leave out the NetworkPolicy.")
    var hasNoNetworkPolicy = false

    @Option(help: ArgumentHelp("A label of all objects; may be repeated.", valueName: "key=value"))
    var label: [PairArgument] = []

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    /// How the schedules are followed.
    enum Mode: String, ExpressibleByArgument, CaseIterable {
        case cronjobs
        case daemon
    }

    func validate() throws {
        if let problem = try request().problem { throw ValidationError(problem) }
        if folder?.isEmpty == true { throw ValidationError("'--output' is empty. \(StoreChoice.hint)") }
    }

    private func request() throws -> RenderRequest {
        var request = RenderRequest(configuration.input, image: image ?? "dunnage:\(ProgramVersion.current)")
        request.mode = RenderRequest.Mode(rawValue: mode.rawValue) ?? .cronjobs
        request.name = name
        request.namespace = namespace
        request.claims = claim.map(\.claim)
        request.secret = secret
        request.secretVariables = secretEnv
        request.variables = try PairArgument.dictionary(env, "--env")
        if let user { (request.user, request.group) = (user.user, user.group) }
        request.serviceAccount = serviceAccount
        for (job, number) in try PairArgument.dictionary(shards, "--shards") {
            guard let count = Int(number), Shard(0, of: count) != nil else {
                throw ValidationError("'--shards \(job)=\(number)': the number of parts is 1 to \(Shard.most).")
            }
            request.shards[job] = count
        }
        request.stateSize = stateSize
        request.storeSize = storeSize
        request.storageClass = storageClass
        request.keepsState = !hasNoState
        request.memory = memory
        request.cpu = cpu
        request.egressPorts = egressPort.map { Int($0) }
        request.hasNetworkPolicy = !hasNoNetworkPolicy
        request.labels = try PairArgument.dictionary(label, "--label")
        return request
    }

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try RenderKubernetesAction(request: try request(), folder: folder).perform(program)
    }
}

/// A claim and where it is mounted.
struct ClaimArgument: ExpressibleByArgument {
    let claim: RenderRequest.Claim

    init?(argument: String) {
        guard let claim = RenderRequest.Claim(parsing: argument) else { return nil }
        self.claim = claim
    }
}

/// A name and a value.
struct PairArgument: ExpressibleByArgument {
    let name: String
    let value: String

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty else { return nil }
        (name, value) = (parts[0], parts[1])
    }

    /// The pairs of an option by their names, each of which may stand there once.
    static func dictionary(_ pairs: [PairArgument], _ option: String) throws -> [String: String] {
        var values: [String: String] = [:]
        for pair in pairs {
            guard values.updateValue(pair.value, forKey: pair.name) == nil else {
                throw ValidationError("'\(option)' names \(pair.name) twice.")
            }
        }
        return values
    }
}

/// A user and a group, as numbers.
struct UserArgument: ExpressibleByArgument {
    let user: Int
    let group: Int

    init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false).map { UInt32($0) }
        guard (1...2).contains(parts.count), let user = parts[0], let group = parts.last.flatMap({ $0 }) else {
            return nil
        }
        (self.user, self.group) = (Int(user), Int(group))
    }
}
