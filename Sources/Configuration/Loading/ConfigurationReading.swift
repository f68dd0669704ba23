internal import Support
internal import YAML

/// The files, variables and flags of a configuration, read once; whether it can be used is another question.
public struct ConfigurationReading: Sendable {
    private let label: String
    private let written: Node?
    private let found: SchemaCheck
    private let overrides: [String]
    private let shard: Shard?

    /// Reads files, variables and flags.
    /// - Parameters:
    ///   - input: the files and flags.
    ///   - environment: the variables for `${…}`, and those that change values.
    ///   - standardInput: the descriptor that the path `-` stands for.
    public init(_ input: ConfigurationInput, environment: [String: String], standardInput: Int32 = 0) {
        let interpolation = Interpolation(environment: environment)
        var reader = SourceReader(
            SchemaCheck(interpolation: interpolation), standardInput: standardInput, placement: input.placement)
        for path in input.paths { reader.read(path) }
        self.init(reader, settings: input.settings, label: input.label, shard: input.shard)
    }

    /// Takes what a reader has found, and puts variables and flags on top.
    init(_ reader: SourceReader, settings: [String], label: String, shard: Shard? = nil) {
        var check = reader.check
        var overrides = OverrideReader(check.interpolation.environment)
        var written = SourceMerge.merged(reader.roots, &check)
        for override in overrides.read(settings, &check) {
            written = written.map { override.apply(to: $0, &check) }
        }
        self.label = label
        self.shard = shard
        self.written = written
        self.overrides = overrides.names
        found = check
    }

    /// Every file that was named, whether or not it could be read.
    var sourceFiles: [SourceSet.Source] {
        found.sources.all.filter { $0.kind == .file || $0.kind == .include }
    }

    /// Checks what was read.
    /// - Returns: the values, and what should be better.
    /// - Throws: `InvalidConfiguration` with every problem, not only the first.
    public func load() throws(InvalidConfiguration) -> LoadedConfiguration {
        var check = found
        let root = written.map { Self.checked($0, &check) }
        let diagnostics = check.findings.sorted().map { check.sources.diagnostic($0) }
        guard let root, let written, !diagnostics.contains(where: { $0.severity == .error }) else {
            throw InvalidConfiguration(file: label, diagnostics: diagnostics)
        }
        let effective = EffectiveTree(root, written: written, check).value()
        var decoder = Decoder(root: root, check: check, hash: Fingerprint.of(effective), overrides: overrides)
        var configuration = decoder.configuration()
        if let shard { configuration = configuration.restricted(to: shard) }
        var policies = check
        policies.forgetFindings()
        PolicyCheck.run(
            configuration, root, literals: check.findings.all.filter { $0.code == .literalSecret }, &policies)
        return LoadedConfiguration(
            configuration: configuration, effective: effective, warnings: diagnostics,
            violations: policies.findings.sorted().map { check.sources.diagnostic($0) })
    }

    /// Checks a tree.
    /// - Returns: the tree with complete jobs.
    private static func checked(_ written: Node, _ check: inout SchemaCheck) -> Node {
        let root = Layers.applied(to: written, &check)
        check.check(root, .object(ConfigurationSchema.root), at: Place())
        ReferenceCheck.run(root, &check)
        FilterSets.check(root, &check)
        StoreCheck.run(root, written: written, &check)
        LanguageCheck.run(root, &check)
        return root
    }

    /// Who can be told although the configuration cannot be used.
    ///
    /// That is the name of the instance, where its state is, the reports that are in order, and the secrets; everything
    /// else is left out.
    public func receivers() -> Configuration? {
        guard let written else { return nil }
        var secrets: [Node.Entry] = []
        var entries: [Node.Entry] = []
        for key in ["instance", "runtime", "secrets", "reports"] {
            guard let entry = written.entries?.first(where: { $0.key == key }),
                let shape = ConfigurationSchema.root.key(named: key)?.shape
            else { continue }
            guard let items = entry.value.entries else {
                if isInOrder(entry.value, shape, secrets) { entries.append(entry) }
                continue
            }
            let good = items.filter { item in
                !Extension.isExtension(item.key)
                    && isInOrder(entry.value.replacingContent(.mapping([item])), shape, secrets)
            }
            if key == "secrets" { secrets = good }
            let value = entry.value.replacingContent(.mapping(good))
            entries.append(Node.Entry(key: key, keyRange: entry.keyRange, value: value))
        }
        let check = SchemaCheck(interpolation: found.interpolation, sources: found.sources)
        var decoder = Decoder(
            root: written.replacingContent(.mapping(entries)), check: check, hash: "", overrides: overrides)
        return decoder.configuration()
    }

    private func isInOrder(_ node: Node, _ shape: Shape, _ secrets: [Node.Entry]) -> Bool {
        var check = SchemaCheck(interpolation: found.interpolation, sources: found.sources)
        check.check(node, shape, at: Place())
        let names = Set(secrets.map { $0.key })
        return check.findings.all.allSatisfy { $0.code.severity != .error }
            && check.uses.allSatisfy { $0.kind != .secret || names.contains($0.name) }
    }
}
