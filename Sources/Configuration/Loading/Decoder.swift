internal import Secrets
internal import Support
internal import YAML

/// Turns a tree that has been checked into values.
///
/// Nothing is reported here: what the check lets through can be decoded.
struct Decoder {
    private let root: Node
    let interpolation: Interpolation
    private let folder: String
    private let hash: String
    var secrets: [String: SecretSource] = [:]

    /// - Parameters:
    ///   - root: the tree with complete jobs.
    ///   - interpolation: fills in variables.
    ///   - folder: the absolute path that relative paths start from.
    ///   - hash: the fingerprint of the text.
    init(root: Node, interpolation: Interpolation, folder: String, hash: String) {
        self.root = root
        self.interpolation = interpolation
        self.folder = folder
        self.hash = hash
    }

    mutating func configuration() -> Configuration {
        for secret in named("secrets") { secrets[secret.key] = source(secret.value, "secrets.\(secret.key)") }
        let destinations = named("destinations").map { destination($0) }
        let jobs = named("jobs").map { job($0) }
        let reports = named("reports").map { report($0) }
        return Configuration(
            instance: text(root["instance"]) ?? "dunnage", runtime: runtime(root["runtime"]), secrets: secrets,
            destinations: Dictionary(destinations.map { ($0.name, $0) }) { $1 }, jobs: jobs,
            reports: Dictionary(reports.map { ($0.name, $0) }) { $1 }, hash: hash)
    }

    // MARK: Sections

    private func runtime(_ node: Node?) -> RuntimeSettings {
        RuntimeSettings(
            stateDirectory: text(node?["state_dir"]).map { absolute($0) }, timezone: text(node?["timezone"]),
            logFormat: text(node?["log"]?["format"]).flatMap { RuntimeSettings.LogFormat(rawValue: $0) },
            logLevel: text(node?["log"]?["level"]).flatMap { RuntimeSettings.LogLevel(rawValue: $0) },
            isStateless: text(node?["stateless"]) == "true",
            shutdownGrace: text(node?["shutdown_grace"]).flatMap { CalendarDuration(parsing: $0) })
    }

    private mutating func destination(_ entry: Node.Entry) -> DestinationSpecification {
        let path = "destinations.\(entry.key)"
        var options: [String: Template] = [:]
        for option in own(entry.value["options"]) {
            options[option.key] = template(option.value, "\(path).options.\(option.key)")
        }
        return DestinationSpecification(
            name: entry.key, url: template(entry.value["url"], "\(path).url"), options: options)
    }

    private mutating func job(_ entry: Node.Entry) -> JobSpecification {
        let path = "jobs.\(entry.key)"
        let node = entry.value
        let passphrase = node["encryption"]?["passphrase"].map { credential($0, "\(path).encryption.passphrase") }
        return JobSpecification(
            name: entry.key, sources: sources(node["sources"], path), selection: selection(node["selection"]),
            filters: items(node["filters"]).compactMap { filter($0) },
            encryption: passphrase.map { .passphrase($0) } ?? .none,
            destinations: items(node["destinations"]).compactMap { text($0) },
            retention: node["retention"].flatMap { retention($0) }, compact: node["compact"].map { compact($0) },
            verification: verification(node["verify"]),
            reports: items(node["reports"]).compactMap { text($0) }, options: options(node["options"]))
    }

    private mutating func sources(_ node: Node?, _ place: String) -> [SourceSpecification] {
        items(node).enumerated().compactMap { index, node in
            guard let path = text(node["path"]) else { return nil }
            return SourceSpecification(
                path: trimmed(path),
                absence: text(node["if_missing"]).flatMap { SourceSpecification.Absence(rawValue: $0) } ?? .warn,
                command: node["command"].map { command($0, node, "\(place).sources[\(index)]") })
        }
    }

    private mutating func command(_ words: Node, _ source: Node, _ place: String) -> SourceSpecification.Command {
        var environment: [String: Template] = [:]
        for variable in own(source["environment"]) {
            let name = variable.key
            environment[name] = template(variable.value, "\(place).environment.\(name)")
        }
        return SourceSpecification.Command(
            arguments: items(words).map { text($0) ?? "" }, environment: environment,
            timeout: text(source["timeout"]).flatMap { CalendarDuration(parsing: $0) })
    }

    private func selection(_ node: Node?) -> SelectionSpecification {
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

    private func isTrue(_ node: Node?) -> Bool { text(node) == "true" }

    private func filter(_ node: Node) -> FilterRule? {
        if let expression = text(node["include"]) { return FilterRule(action: .include, expression: expression) }
        return text(node["exclude"]).map { FilterRule(action: .exclude, expression: $0) }
    }

    private func compact(_ node: Node) -> CompactSpecification {
        CompactSpecification(
            isAutomatic: text(node) != "off", threshold: integer(node["threshold"]),
            smallFileSize: text(node["small_file_size"]).flatMap { Scalars.size($0) },
            smallFileMaxCount: integer(node["small_file_max_count"]),
            interval: text(node["interval"]).flatMap { CalendarDuration(parsing: $0) })
    }

    private func retention(_ node: Node) -> RetentionSpecification? {
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

    private func verification(_ node: Node?) -> VerificationSpecification {
        let samples = node?["after_backup"]
        let amount = text(samples) ?? text(samples?["samples"])
        let occasion = text(samples?["when"]).flatMap { VerificationSpecification.Occasion(rawValue: $0) }
        return VerificationSpecification(
            amount: amount.flatMap { .init(parsing: $0) } ?? .sets(1), occasion: occasion ?? .changed)
    }

    private func options(_ node: Node?) -> JobSpecification.Options {
        JobSpecification.Options(
            blockSize: text(node?["block_size"]).flatMap { Scalars.size($0) },
            volumeSize: text(node?["volume_size"]).flatMap { Scalars.size($0) },
            compression: text(node?["compression"]).flatMap { Compression(parsing: $0) })
    }

    private mutating func report(_ entry: Node.Entry) -> ReportSpecification {
        let webhook = entry.value["webhook"]
        let key = webhook?["sign"].map { credential($0, "reports.\(entry.key).webhook.sign") }
        return ReportSpecification(
            name: entry.key,
            webhook: ReportSpecification.Webhook(
                url: template(webhook?["url"], "reports.\(entry.key).webhook.url"),
                signingKey: key))
    }

    // MARK: Values

    private func named(_ key: String) -> [Node.Entry] { own(root[key]) }

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

    private func trimmed(_ path: String) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        let relative = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        return folder == "/" ? "/\(relative)" : "\(folder)/\(relative)"
    }
}
