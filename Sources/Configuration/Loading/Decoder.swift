internal import Secrets
internal import Support
internal import YAML

/// Turns a tree that has been checked into values.
///
/// Nothing is reported here: what the check lets through can be decoded.
struct Decoder {
    private let root: Node
    let interpolation: Interpolation
    private let sources: SourceSet
    private let sets: FilterSets
    private let hash: String
    private let overrides: [String]
    var secrets: [String: SecretSource] = [:]

    /// - Parameters:
    ///   - root: the tree with complete jobs.
    ///   - check: fills in variables, and knows the folders that relative paths start from.
    ///   - hash: the fingerprint.
    ///   - overrides: the names of the variables and flags that set something.
    init(root: Node, check: SchemaCheck, hash: String, overrides: [String]) {
        self.root = root
        interpolation = check.interpolation
        sources = check.sources
        sets = FilterSets(root) { check.text($0) }
        self.hash = hash
        self.overrides = overrides
    }

    mutating func configuration() -> Configuration {
        for secret in named("secrets") { secrets[secret.key] = source(secret.value, "secrets.\(secret.key)") }
        let destinations = named("destinations").map { destination($0) }
        // A template, without what a job needs, is there for others to extend.
        let jobs = named("jobs").filter { !isTemplate($0.value) }.map { job($0) }
        let reports = named("reports").map { report($0) }
        let runtime = runtime(root["runtime"])
        return Configuration(
            instance: text(root["instance"]) ?? "dunnage", runtime: runtime, secrets: secrets,
            destinations: Dictionary(destinations.map { ($0.name, $0) }) { $1 }, jobs: jobs,
            reports: Dictionary(reports.map { ($0.name, $0) }) { $1 },
            policies: items(root["policy"]).compactMap { policy($0) }, hash: hash, overrides: overrides)
    }

    // MARK: Sections

    mutating func runtime(_ node: Node?) -> RuntimeSettings {
        RuntimeSettings(
            stateDirectory: path(node?["state_dir"]), timezone: text(node?["timezone"]),
            logFormat: text(node?["log"]?["format"]).flatMap { RuntimeSettings.LogFormat(rawValue: $0) },
            logLevel: text(node?["log"]?["level"]).flatMap { RuntimeSettings.LogLevel(rawValue: $0) },
            isStateless: text(node?["stateless"]) == "true",
            shutdownGrace: duration(node?["shutdown_grace"]),
            listen: addresses(node?["listen"]), api: api(node?["api"]),
            metrics: metrics(node?["metrics"]), reload: reload(node?["reload"]),
            limits: runtimeLimits(node?["limits"]))
    }

    mutating func job(_ entry: Node.Entry) -> JobSpecification {
        let path = "jobs.\(entry.key)"
        let node = entry.value
        let passphrase = node["encryption"]?["passphrase"].map { credential($0, "\(path).encryption.passphrase") }
        return JobSpecification(
            name: entry.key, description: text(node["description"]), labels: labels(node["labels"]),
            isEnabled: text(node["enabled"]) != "false", sources: sources(node["sources"], path),
            selection: selection(node["selection"]),
            filters: sets.expanded(items(node["filters"])).compactMap { filter($0) },
            encryption: passphrase.map { .passphrase($0) } ?? .none,
            destinations: items(node["destinations"]).compactMap { text($0["ref"] ?? $0) },
            uses: uses(node["destinations"]),
            retention: node["retention"].flatMap { retention($0) }, compact: node["compact"].map { compact($0) },
            verification: verification(node["verify"]),
            reports: items(node["reports"]).compactMap { text($0) }, options: options(node["options"]),
            schedule: node["schedule"].flatMap { schedule($0) },
            expectations: items(node["expect"]).map { expectation($0) },
            hooks: hooks(node["hooks"], "\(path).hooks"), retry: node["retry"].map { retry($0) },
            limits: node["limits"].map { limits($0) }, objectives: objectives(node["slo"]))
    }

    mutating func sources(_ node: Node?, _ place: String) -> [SourceSpecification] {
        items(node).enumerated().compactMap { index, node in
            guard let path = text(node["path"]) else { return nil }
            return SourceSpecification(
                path: trimmed(path),
                absence: text(node["if_missing"]).flatMap { SourceSpecification.Absence(rawValue: $0) } ?? .warn,
                requiresMountPoint: isTrue(node["require_mountpoint"]),
                command: node["command"].map { command($0, node, "\(place).sources[\(index)]") },
                dump: dump(node, "\(place).sources[\(index)]"))
        }
    }

    mutating func command(_ words: Node, _ source: Node, _ place: String) -> SourceSpecification.Command {
        SourceSpecification.Command(
            arguments: texts(words), environment: values(source["environment"], "\(place).environment"),
            timeout: duration(source["timeout"]))
    }

    func selection(_ node: Node?) -> SelectionSpecification {
        let attributes = items(node?["exclude_attributes"]).compactMap { text($0) }
        return SelectionSpecification(
            oneFileSystem: isTrue(node?["one_file_system"]),
            excludeIfPresent: items(node?["exclude_if_present"]).compactMap { text($0) },
            excludeCaches: isTrue(node?["exclude_caches"]),
            excludeLargerThan: text(node?["exclude_larger_than"]).flatMap { Scalars.size($0) },
            excludeEmptyFolders: isTrue(node?["exclude_empty_folders"]),
            excludeAttributes: Set(attributes.compactMap { SelectionSpecification.Attribute(rawValue: $0) }),
            hardLinks: text(node?["hardlinks"]).flatMap { SelectionSpecification.HardLinks(rawValue: $0) } ?? .all,
            symlinks: text(node?["symlinks"]).flatMap { SelectionSpecification.Symlinks(rawValue: $0) } ?? .store)
    }

    func isTrue(_ node: Node?) -> Bool { text(node) == "true" }

    func filter(_ node: Node) -> FilterRule? {
        if let expression = text(node["include"]) { return FilterRule(action: .include, expression: expression) }
        return text(node["exclude"]).map { FilterRule(action: .exclude, expression: $0) }
    }

    func compact(_ node: Node) -> CompactSpecification {
        CompactSpecification(
            isAutomatic: text(node) != "off", threshold: integer(node["threshold"]),
            smallFileSize: text(node["small_file_size"]).flatMap { Scalars.size($0) },
            smallFileMaxCount: integer(node["small_file_max_count"]),
            interval: text(node["interval"]).flatMap { CalendarDuration(parsing: $0) })
    }

    func retention(_ node: Node) -> RetentionSpecification? {
        guard !own(node).isEmpty else { return nil }
        let listed = items(node["tiers"]).compactMap { tier in
            text(tier["for"]).flatMap { period in text(tier["every"]).flatMap { Tiers.tier(period, $0) } }
        }
        return RetentionSpecification(
            tiers: text(node["tiers"]).flatMap { Tiers.parse($0) }
                ?? text(node["policy"]).flatMap { DuplicatiPolicy.parse($0) } ?? listed,
            keepVersions: integer(node["keep_versions"]),
            keepWithin: text(node["keep_within"]).flatMap { CalendarDuration(parsing: $0) },
            minVersions: integer(node["min_versions"]), maxDelete: integer(node["max_delete"]))
    }

    func options(_ node: Node?) -> JobSpecification.Options {
        JobSpecification.Options(
            blockSize: text(node?["block_size"]).flatMap { Scalars.size($0) },
            volumeSize: text(node?["volume_size"]).flatMap { Scalars.size($0) },
            compression: text(node?["compression"]).flatMap { Compression(parsing: $0) })
    }

    // MARK: Values

    func named(_ key: String) -> [Node.Entry] { own(root[key]) }

    func own(_ node: Node?) -> [Node.Entry] {
        (node?.entries ?? []).filter { !Extension.isExtension($0.key) }
    }

    func items(_ node: Node?) -> [Node] { node?.items ?? [] }

    func template(_ node: Node?) -> Template {
        interpolation.expand(node?.scalar?.text ?? "").template
    }

    func text(_ node: Node?) -> String? {
        guard let scalar = node?.scalar else { return nil }
        return interpolation.expand(scalar.text).template.text
    }

    func integer(_ node: Node?) -> Int? {
        text(node).flatMap { Scalars.integer($0) }.flatMap { Int(exactly: $0) }
    }

    func trimmed(_ path: String) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    /// The path, from the folder of its file when it is relative.
    func path(_ node: Node?) -> String? {
        guard let node else { return nil }
        return text(node).map { FilePath.absolute($0, from: sources[node.range].folder) }
    }

    /// A secret in a variable, or in the file that its counterpart names.
    func variable(_ name: String) -> SecretSource {
        let environment = interpolation.environment
        guard environment.all[name] == nil,
            let path = environment.counterpart(of: name).flatMap({ environment.all[$0] })
        else { return .environment(name) }
        return .file(FilePath.absolute(path, from: ConfigurationFile.folder(of: "x")))
    }
}
