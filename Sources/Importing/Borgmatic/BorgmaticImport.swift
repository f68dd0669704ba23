internal import YAML

/// A configuration of borgmatic, as a job with a store of its own.
struct BorgmaticImport {
    var keys: ForeignMapping
    var draft: ConfigurationDraft
    var mapping = DraftMapping()
    let constants: [String: String]
    let oddities: [String]

    /// Adds the job of a file.
    /// - Throws: `ImportError` when it is no configuration of borgmatic.
    static func add(_ file: ImportRequest.File, to draft: inout ConfigurationDraft) throws(ImportError) {
        let (root, oddities) = try ForeignYAML.read(file)
        let keys = flattened(root)
        let known = ["source_directories", "repositories", "patterns", "patterns_from"]
        guard known.contains(where: { keys[$0] != nil }) else {
            throw .unreadable(
                file: file.name, detail: "it has neither `source_directories` nor `repositories`",
                advice: "Give a file of borgmatic, such as /etc/borgmatic/config.yaml")
        }
        let stem = file.name.split(separator: "/").last?.split(separator: ".").first.map(String.init) ?? "borgmatic"
        _ = draft.begin(job: stem == "config" ? "borgmatic" : stem)
        var conversion = BorgmaticImport(keys: keys, draft: draft, oddities: oddities)
        conversion.convert()
        draft = conversion.draft
    }

    private init(keys: ForeignMapping, draft: ConfigurationDraft, oddities: [String]) {
        var keys = keys
        var constants: [String: String] = [:]
        for entry in keys.take("constants")?.entries ?? [] { constants[entry.key] = entry.value.text ?? "" }
        self.keys = keys
        self.draft = draft
        self.constants = constants
        self.oddities = oddities
    }

    /// Versions before 1.8 had the keys in sections.
    private static func flattened(_ root: Node) -> ForeignMapping {
        var keys = ForeignMapping(root)
        for section in ["location", "storage", "retention", "consistency", "hooks", "output"] {
            guard let node = keys[section], node.entries != nil else { continue }
            _ = keys.take(section)
            for entry in node.entries ?? [] { keys.fill(entry.key, entry.value) }
        }
        return keys
    }

    private mutating func convert() {
        if draft.preface.isEmpty {
            draft.preface = [
                "Imported from borgmatic. The store is a new one beside borg's repository, which is neither read nor",
                "changed. Keep it until the versions here reach back far enough.",
            ]
        }
        draft.open(
            "repositories",
            "the store is a new one, so the first run uploads everything; the old repository stays as it is")
        for oddity in oddities { draft.open("YAML", "\(oddity); what stands there was not read") }
        addSources()
        addFilters()
        addSelection()
        addEncryption()
        addDestinations()
        switchOffWithoutSources()
        addRetention()
        mapping["schedule"] = .word("manual")
        draft.open("schedule", "borgmatic is started by cron or systemd: write the times of its timer as `schedule`")
        addHooks()
        addTransfers()
        addVerification()
        addReports()
        addRest()
        draft.finish(mapping)
    }

    // MARK: Values

    /// A text with the file's constants filled in; variables of the environment stay, as they are written the same.
    func written(_ text: String) -> DraftValue { Variables.written(filled(text)) }

    /// A text with the file's constants filled in.
    func filled(_ text: String) -> String {
        var text = text
        for (name, value) in constants.sorted(by: { $0.key < $1.key }) {
            text = text.replacing("{\(name)}", with: value)
        }
        return text
    }

    /// A credential, which may be written, or be in a variable, a file or a container's secret.
    mutating func secret(_ name: String, _ text: String?, _ purpose: String) -> String {
        guard let text = text.map({ filled($0) }) else { return draft.add(secret: name, value: nil, purpose) }
        if let variable = Variables.only(text) { return draft.add(secretVariable: variable) }
        if text.hasPrefix("{credential "), text.hasSuffix("}") {
            let words = ShellWords.words(String(text.dropFirst(12).dropLast()))
            let kinds = ["systemd": "systemd", "container": "docker", "file": "file"]
            if words.count == 2, let kind = kinds[words[0]] {
                let stem = words[1].split(separator: "/").last.map(String.init) ?? name
                return draft.add(secret: stem, at: .flow((kind, .text(words[1]))))
            }
            draft.open(purpose, "`credential \(words.first ?? "")` is not known here: create the secret `\(name)`")
            return draft.add(secret: name, value: nil, purpose)
        }
        return draft.add(secret: name, value: text, purpose)
    }

    // MARK: What is backed up

    private mutating func addSources() {
        for source in keys.takeTexts("source_directories") { addSource(filled(source)) }
        for line in keys["patterns"]?.texts ?? [] where line.hasPrefix("R ") {
            addSource(filled(String(line.dropFirst(2)).trimmed))
        }
        addDatabases()
    }

    private mutating func addSource(_ path: String) {
        var path = path
        if path == "~" || path.hasPrefix("~/") { path = "${HOME}\(path.dropFirst())" }
        guard path.hasPrefix("/") || path.hasPrefix("${") else {
            return draft.dropped("source \(path)", "a source is an absolute path")
        }
        if path.contains("*") || path.contains("?") {
            return draft.open("source \(path)", "a source is one path: name each folder, or its parent with `filters`")
        }
        // borg's marker for the part of a path that archives begin with.
        path = path.replacing("/./", with: "/")
        mapping.append(.flow(("path", Variables.written(path))), to: "sources")
    }

    /// Sources may be in files that are not read here.
    private mutating func switchOffWithoutSources() {
        guard mapping["sources"] == nil else { return }
        if mapping["enabled"] == nil {
            var first = DraftMapping([.init(key: "enabled", value: .word("false"))])
            for entry in mapping.entries { first[entry.key] = entry.value }
            mapping = first
        }
        mapping.comment("enabled", "No source could be taken over: add `sources:`, then remove this line.")
        draft.open("source_directories", "none could be taken over: write `sources`")
    }

    private mutating func addFilters() {
        var includes: [String] = []
        for line in keys.takeTexts("patterns") {
            let sign = line.first ?? " "
            let pattern = filled(String(line.dropFirst()).trimmed)
            switch sign {
            case "R", "#", "P": continue
            case "+":
                let expressions = BorgPattern.expressions(pattern, usual: "sh")
                // What is below an excluded folder is reached only through its parents.
                if !pattern.contains(where: { "*?[".contains($0) }) { includes += parents(of: pattern) }
                add("include", expressions, "patterns: \(line)")
            case "-", "!": add("exclude", BorgPattern.expressions(pattern, usual: "sh"), "patterns: \(line)")
            default: draft.dropped("patterns: \(line)", "it begins with no sign that is known")
            }
        }
        for pattern in keys.takeTexts("exclude_patterns") {
            var text = filled(pattern)
            if text.hasPrefix("~/") { text = "${HOME}\(text.dropFirst())" }
            add("exclude", BorgPattern.expressions(text, usual: "fm"), "exclude_patterns: \(pattern)")
        }
        if !includes.isEmpty, case .list(let filters)? = mapping["filters"] {
            var seen: Set<String> = []
            let parents = includes.filter { seen.insert($0).inserted }.map { DraftValue.flow(("include", .text($0))) }
            mapping["filters"] = .list(parents + filters)
        }
        // Without an exclude, includes would leave out everything else here; there they do nothing.
        if case .list(let filters)? = mapping["filters"], filters.allSatisfy({ $0.isInclude }) {
            mapping["filters"] = nil
        }
        for key in ["exclude_from", "patterns_from"] {
            for file in keys.takeTexts(key) {
                draft.open("\(key): \(file)", "the patterns in that file were not read: write them as `filters`")
            }
        }
    }

    private mutating func add(_ verb: String, _ expressions: [String], _ option: String) {
        if expressions.isEmpty { draft.dropped(option, "the style of the pattern is not known") }
        for expression in expressions {
            let value: DraftValue = expression.contains("${HOME}") ? .word(expression) : .text(expression)
            mapping.append(.flow((verb, value)), to: "filters")
        }
    }

    private func parents(of path: String) -> [String] {
        var path = path
        if path.hasPrefix("pp:") || path.hasPrefix("pf:") || path.hasPrefix("sh:") || path.hasPrefix("fm:") {
            path = String(path.dropFirst(3))
        }
        guard !path.hasPrefix("re:") else { return [] }
        let parts = path.split(separator: "/")
        guard parts.count > 1 else { return [] }
        return (1..<parts.count).map { "/" + parts.prefix($0).joined(separator: "/") + "/" }
    }

    private mutating func addSelection() {
        var selection = DraftMapping()
        if keys.takeFlag("one_file_system") == true { selection["one_file_system"] = .word("true") }
        if keys.takeFlag("exclude_caches") == true { selection["exclude_caches"] = .word("true") }
        let markers = keys.takeTexts("exclude_if_present")
        if !markers.isEmpty { selection["exclude_if_present"] = .texts(markers) }
        if keys.takeFlag("exclude_nodump") == true || keys.takeFlag("flags") == false {
            selection["exclude_attributes"] = .list([.word("nodump")])
        }
        if !selection.isEmpty { mapping["selection"] = .mapping(selection) }
        if keys.takeFlag("source_directories_must_exist") == true, case .list(let sources)? = mapping["sources"] {
            mapping["sources"] = .list(
                sources.map { source in
                    guard case .mapping(var entry) = source, entry["command"] == nil else { return source }
                    entry["if_missing"] = .word("fail")
                    return .mapping(entry)
                })
        }
    }

    private mutating func addEncryption() {
        let command = keys.takeText("encryption_passcommand")
        let passphrase = keys.takeText("encryption_passphrase")
        if let command {
            let words = ShellWords.words(filled(command))
            let name = draft.add(secret: "\(draft.job)_passphrase", at: .flow(("command", .texts(words))))
            mapping["encryption"] = .flow(("passphrase", .secret(name)))
        } else {
            let name = secret("passphrase", passphrase, "passphrase of the store")
            mapping["encryption"] = .flow(("passphrase", .secret(name)))
        }
    }

    private mutating func addRetention() {
        var retention = DraftMapping()
        var rules: [ThinningTiers.Rule] = []
        for unit in ThinningTiers.units {
            guard let count = keys.takeNumber("keep_\(unit.end)") else {
                if let text = keys.takeText("keep_\(unit.end)") {
                    draft.open("keep_\(unit.end): \(text)", "it is not a number: write it as `retention`")
                }
                continue
            }
            rules.append(.init(option: "keep_\(unit.end): \(count)", count: count, unit: unit.unit, days: unit.days))
        }
        let (tiers, _) = ThinningTiers.tiers(rules, isSum: true)
        if !tiers.isEmpty {
            retention["tiers"] = .word(tiers)
            draft.changed(
                rules.map(\.option).joined(separator: ", "),
                "tiers count ages back from now; borg counts periods that have an archive")
        }
        if let text = keys.takeText("keep_within"), let span = Spans.calendar(text, units: Spans.borg) {
            retention["keep_within"] = .word(span)
        }
        if let count = keys.takeNumber("keep_last"), count > 0 { retention["keep_versions"] = .number(count) }
        if !retention.isEmpty { mapping["retention"] = .mapping(retention) }
    }
}

extension DraftValue {
    /// Whether a filter is an include.
    fileprivate var isInclude: Bool {
        if case .mapping(let filter) = self { filter["include"] != nil } else { false }
    }
}
