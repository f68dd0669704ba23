internal import Catalog
public import Configuration
internal import Engine
internal import Glibc
internal import JSON
internal import Secrets
internal import StoreFormat
internal import Support

extension RecoveryKit {
    /// The kit of a configuration.
    /// - Parameters:
    ///   - configuration: what it is made of.
    ///   - names: the jobs in it; all of them when none is named.
    ///   - files: the files of the configuration, as they were named.
    ///   - environment: the variables of this process, which may say where catalogs are.
    /// - Throws: `Failure` with `ExitCode.usage` for an unknown job.
    public init(
        _ configuration: Configuration, jobs names: [String] = [], files: [String], environment: [String: String]
    ) throws(Failure) {
        var chosen: [JobSpecification] = []
        for name in names {
            let job = try configuration.findJob(name)
            if !chosen.contains(job) { chosen.append(job) }
        }
        if names.isEmpty { chosen = configuration.jobs }
        let state =
            configuration.runtime.isStateless
            ? nil : StateFolder(configuration.runtime.stateDirectory, environment: environment)
        var credentials = KitCredentials(sources: configuration.secrets)
        var writer = KitConfiguration(timezone: configuration.runtime.timezone)
        var jobs: [Job] = []
        for job in chosen {
            let passphrase = job.passphrase.map { credentials.credential($0, for: "passphrase of job \(job.name)") }
            var stores: [Store] = []
            for name in job.destinations {
                guard let destination = configuration.destinations[name] else { continue }
                let parts = Parts(destination, &credentials)
                writer.add(destination: name, parts)
                let knowledge =
                    state.map { state in
                        Self.knowledge(
                            of: state.catalog(
                                job: job.name, destination: name, url: destination.url(forJob: job.name)))
                    } ?? .nothing("this configuration keeps no catalog")
                stores.append(parts.store(of: job, at: destination, knowledge))
            }
            writer.add(job: job, passphrase: passphrase?.name)
            jobs.append(
                Job(
                    name: job.name, description: job.description, sources: job.sources.map(\.path),
                    passphrase: passphrase, stores: stores))
        }
        instance = configuration.instance
        fingerprint = configuration.hash
        self.files = files
        self.jobs = jobs
        self.credentials = credentials.list
        self.configuration = writer.text(credentials.list)
    }

    /// A destination without what must not be shown.
    struct Parts {
        let url: Template
        let options: [Setting]
        let login: [Setting]

        init(_ destination: DestinationSpecification, _ credentials: inout KitCredentials) {
            let use = "destination \(destination.name)"
            url = credentials.cleaned(url: destination.url, of: destination.name, for: use)
            options = destination.options.keys.sorted().map { key in
                Setting(
                    name: key, value: credentials.cleaned(destination.options[key] ?? Template(""), key: key, for: use))
            }
            login = destination.auth.keys.sorted().map { key in
                Setting(
                    name: key, value: credentials.cleaned(destination.auth[key] ?? Template(""), key: key, for: use))
            }
        }

        func store(
            of job: JobSpecification, at destination: DestinationSpecification, _ knowledge: Knowledge
        ) -> Store {
            let url = url.replacing(DestinationSpecification.jobPlaceholder, with: job.name)
            let address = StoreAddress(url, options + login)
            return Store(
                destination: destination.name, url: url, options: options, login: login,
                surroundings: address?.surroundings,
                prefix: address?.options["prefix"]?.text.flatMap { $0.isEmpty ? nil : $0 },
                storageClass: destination.storageClass?.data, lock: destination.immutability,
                isOffSite: destination.isOffSite, duplicati: address.flatMap { DuplicatiAddress($0) },
                knowledge: knowledge)
        }
    }

    /// What a catalog of this machine knows; it is only looked at.
    private static func knowledge(of catalog: String) -> Knowledge {
        guard access(catalog, F_OK) == 0, !Catalog.isDistrusted(path: catalog) else {
            return .nothing("this machine had no catalog of it")
        }
        do {
            let catalog = try Catalog(path: catalog)
            let versions = try StoreView(catalog).versions()
            let properties = try catalog.read { reader in try StoreProperties(from: reader) }
            return .versions(
                versions.prefix(5).map {
                    Version(time: $0.time, files: $0.files, bytes: $0.bytes, isFull: $0.isFull)
                }, count: versions.count, blockSize: properties?.settings.blockSize)
        } catch {
            return .nothing("the catalog of this machine cannot be read: \(Failure(error).message)")
        }
    }
}

/// Writes a configuration that is good for reading stores, and for nothing else: `run` finds no source.
struct KitConfiguration {
    /// A path that no machine has, so that a backup by mistake fails before it begins.
    static let noSource = "/this-file-is-for-restoring-only"

    private let timezone: String?
    private var destinations: [(name: String, lines: [String])] = []
    private var jobs: [String] = []

    init(timezone: String?) {
        self.timezone = timezone
    }

    mutating func add(destination: String, _ parts: RecoveryKit.Parts) {
        guard !destinations.contains(where: { $0.name == destination }) else { return }
        var lines = ["  \(Self.quoted(destination)):", "    url: \(Self.scalar(parts.url))"]
        for (key, settings) in [("options", parts.options), ("auth", parts.login)] where !settings.isEmpty {
            lines.append("    \(key):")
            lines += settings.map { "      \(Self.quoted($0.name)): \(Self.scalar($0.value))" }
        }
        destinations.append((destination, lines))
    }

    mutating func add(job: JobSpecification, passphrase: String?) {
        jobs += [
            "  \(Self.quoted(job.name)):", "    enabled: false", "    sources:", "      - path: \(Self.noSource)",
            passphrase.map { "    encryption: { passphrase: { secret: \(Self.quoted($0)) } }" }
                ?? "    encryption: none",
            "    destinations: [\(job.destinations.map(Self.quoted).joined(separator: ", "))]",
        ]
    }

    func text(_ credentials: [RecoveryKit.Credential]) -> String {
        var lines = ["version: 1", "instance: recovery", "runtime:", "  state_dir: state"]
        if let timezone { lines.append("  timezone: \(timezone)") }
        if !credentials.isEmpty {
            lines.append("secrets:")
            lines += credentials.map { "  \(Self.quoted($0.name)): { file: \($0.file) }" }
        }
        lines.append("destinations:")
        lines += destinations.flatMap(\.lines)
        lines.append("jobs:")
        return (lines + jobs).joined(separator: "\n") + "\n"
    }

    /// A template as the configuration language writes it.
    private static func scalar(_ template: Template) -> String {
        quoted(
            template.pieces.map { piece in
                switch piece {
                case .text(let text): text.replacing("$", with: "$$")
                case .secret(let reference): reference.description
                }
            }.joined())
    }

    /// A text in double quotes, unless it is a plain word; JSON's strings are YAML's.
    private static func quoted(_ text: String) -> String {
        let isWord =
            text.first.map { $0.isASCII && $0.isLetter } ?? false
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
            && !["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(text.lowercased())
        return isWord ? text : String(decoding: JSONValue.string(text).serialized(), as: UTF8.self)
    }
}
