internal import Configuration
internal import Engine
internal import Logging
internal import Secrets
internal import Support

extension JobSpecification {
    /// The filters, compiled.
    /// - Throws: `FilterError` when one cannot be used.
    func filterSet() throws(FilterError) -> FilterSet {
        var rules: [Engine.FilterRule] = []
        for rule in filters {
            let expression = try FilterExpression(rule.expression)
            rules.append(Engine.FilterRule(rule.action == .include ? .include : .exclude, expression))
        }
        return FilterSet(rules)
    }

    /// What the engine is to back up, with the secrets that commands need.
    /// - Throws: `SecretError` when a secret cannot be had.
    func request(
        filter: FilterSet, ownPaths: [String], options: BackupOptions, secrets: SecretStore, logger: Logger
    ) throws -> BackupRequest {
        let paths = sources.filter { !$0.isOutput }
        var request = BackupRequest(
            sources: paths.map(\.path), filter: filter, ownPaths: ownPaths, options: options)
        request.absence = Dictionary(
            paths.compactMap { source in SourceAbsence(rawValue: source.absence.rawValue).map { (source.path, $0) } }
        ) { $1 }
        let outputs = sources.filter { shard?.takes($0.path.utf8) ?? true }
        request.streams = try outputs.compactMap { source in
            if let command = source.command { return try StreamSource(source.path, command, secrets, logger) }
            return source.dump.map { StreamSource(source.path, $0, secrets, logger) }
        }
        request.policy = WalkPolicy(selection)
        request.policy.shard = shard
        return request
    }
}

extension StreamSource {
    fileprivate init(
        _ path: String, _ command: SourceSpecification.Command, _ secrets: SecretStore, _ logger: Logger
    ) throws {
        let program = command.arguments.first ?? ""
        self.init(
            path: path, arguments: command.arguments,
            environment: try command.environment.mapValues { try secrets.resolve($0) },
            timeout: command.timeout.map { .seconds($0.fixedSeconds) },
            redact: { secrets.mask.apply(to: $0) },
            log: { line in
                logger.info("\(line)", metadata: ["command": "\(program)", "path": "\(path)"])
            })
    }
}

extension WalkPolicy {
    /// What a job's `selection` asks for.
    init(_ selection: SelectionSpecification) {
        self.init()
        staysOnFileSystem = selection.oneFileSystem
        markers = selection.excludeIfPresent
        leavesOutCaches = selection.excludeCaches
        largestFile = selection.excludeLargerThan?.bytes
        leavesOutEmptyFolders = selection.excludeEmptyFolders
        leftOutAttributes = Set(selection.excludeAttributes.compactMap { Attribute(rawValue: $0.rawValue) })
        hardLinks = HardLinks(rawValue: selection.hardLinks.rawValue) ?? .all
        symlinks = Symlinks(rawValue: selection.symlinks.rawValue) ?? .store
    }
}
