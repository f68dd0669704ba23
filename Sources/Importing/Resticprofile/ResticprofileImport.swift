internal import YAML

/// The profiles of resticprofile, each as a job with a store of its own.
struct ResticprofileImport {
    var profile: ForeignMapping
    var backup: ForeignMapping
    var draft: ConfigurationDraft
    var mapping = DraftMapping()
    /// What holds for all profiles.
    var global: Node?
    let name: String
    let original: String

    /// Adds the jobs of a file.
    /// - Throws: `ImportError` when it is no configuration of resticprofile, or is not YAML.
    static func add(_ file: ImportRequest.File, to draft: inout ConfigurationDraft) throws(ImportError) {
        try refuseOthers(file)
        let (root, oddities) = try ForeignYAML.read(file)
        let reserved: Set<String> = ["version", "global", "groups", "includes", "mixins", "profiles", "schedules"]
        let entries = root["profiles"]?.entries ?? (root.entries ?? []).filter { !reserved.contains($0.key) }
        let profiles = Dictionary(entries.map { ($0.key, $0.value) }) { $1 }
        let parents = Set(entries.compactMap { $0.value["inherit"]?.text })
        // Profiles that only look after a repository.
        var chores: [(name: String, sections: [String])] = []
        for entry in entries where entry.value.entries != nil {
            let merged = inherited(entry.value, profiles, depth: 0)
            guard let section = merged["backup"] else {
                let sections = ["retention", "forget", "check", "prune"].filter { merged[$0] != nil }
                if !parents.contains(entry.key), !sections.isEmpty { chores.append((entry.key, sections)) }
                continue
            }
            // A profile that only others are made of.
            let hasSource = ["source", "stdin", "stdin-command"].contains { section[$0] != nil }
            if parents.contains(entry.key), !hasSource { continue }
            let name = draft.begin(job: entry.key)
            var conversion = ResticprofileImport(merged, draft, name, original: entry.key)
            for oddity in oddities { conversion.draft.open("YAML", "\(oddity); what stands there was not read") }
            conversion.global = root["global"]
            conversion.convert()
            draft = conversion.draft
        }
        draft.endJobs()
        for (name, sections) in chores {
            draft.open(
                "profile \(name): \(sections.joined(separator: ", "))",
                "it backs nothing up: write them as `retention` and `verify` of the jobs with that repository")
        }
        noteRest(root, &draft)
    }

    private static func refuseOthers(_ file: ImportRequest.File) throws(ImportError) {
        let text = String(decoding: file.bytes.prefix(64 << 10), as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmed }
        let first = lines.first { !$0.isEmpty && !$0.hasPrefix("#") } ?? ""
        let isTOML = file.name.lowercased().hasSuffix(".toml") || first.hasPrefix("[") && first.hasSuffix("]")
        guard isTOML || first.contains("=") && !first.contains(":") else { return }
        throw .unreadable(
            file: file.name, detail: "it is TOML, which is not read",
            advice: "Write the profile as YAML; resticprofile reads both, and the names are the same")
    }

    /// A profile on top of those that it inherits from.
    private static func inherited(_ node: Node, _ profiles: [String: Node], depth: Int) -> ForeignMapping {
        var mapping = ForeignMapping(node)
        guard let parent = mapping.takeText("inherit").flatMap({ profiles[$0] }), depth < 16 else { return mapping }
        let base = inherited(parent, profiles, depth: depth + 1)
        for key in base.keys {
            guard let below = base[key] else { continue }
            if let own = mapping[key], let entries = own.entries, let others = below.entries {
                // Sections merge key by key.
                let names = Set(entries.map(\.key))
                mapping.replace(
                    key, own.replacingContent(.mapping(entries + others.filter { !names.contains($0.key) })))
            } else {
                mapping.fill(key, below)
            }
        }
        return mapping
    }

    private init(_ profile: ForeignMapping, _ draft: ConfigurationDraft, _ name: String, original: String) {
        var profile = profile
        backup = ForeignMapping(profile.take("backup"))
        self.profile = profile
        self.draft = draft
        self.name = name
        self.original = original
    }

    private static func noteRest(_ root: Node, _ draft: inout ConfigurationDraft) {
        if let groups = root["groups"]?.entries {
            for group in groups {
                draft.dropped(
                    "groups: \(group.key)", "all jobs run with `dunnage run`, or name them: `dunnage run JOB JOB`")
                for schedule in group.value["schedules"]?.entries ?? [] {
                    let times = schedule.value["at"] ?? schedule.value
                    draft.open(
                        "groups: \(group.key): schedules: \(schedule.key): \(times.shown)",
                        "a group has no times here: write them as `schedule` of its jobs")
                }
            }
        }
        for key in ["includes", "mixins"] where root[key] != nil {
            draft.open(key, "what they hold was not read: import those files, or write the keys out")
        }
        if let global = root["global"] {
            for entry in global.entries ?? []
            where ![
                "default-command", "initialize", "log", "min-memory", "priority", "ionice", "nice", "ionice-class",
                "ionice-level",
            ].contains(entry.key) {
                draft.dropped("global: \(entry.key)", "it is about running restic")
            }
        }
    }

    private mutating func convert() {
        if draft.preface.isEmpty {
            draft.preface = [
                "Imported from resticprofile. The stores are new ones beside restic's repositories, which are neither",
                "read nor changed. Keep them until the versions here reach back far enough.",
            ]
        }
        draft.open(
            "repository",
            "the store is a new one, so the first run uploads everything; the old repository stays as it is")
        if let text = profile.takeText("description") { mapping["description"] = .text(text.oneLine) }
        addSources()
        addFilters()
        addEncryption()
        addDestination()
        addRetention()
        addSchedule()
        addHooks()
        addReports()
        addChecks()
        addTransfers()
        addRest()
        draft.finish(mapping)
    }

    // MARK: Values

    /// A text in which templates and variables have become this language's.
    func filled(_ text: String) -> String {
        var text = text
        for (template, value) in [
            ("{{ .Profile.Name }}", original), ("{{.Profile.Name}}", original), ("{{ .Hostname }}", "${HOSTNAME}"),
            ("{{.Hostname}}", "${HOSTNAME}"),
        ] { text = text.replacing(template, with: value) }
        // `{{ .Env.HOME }}` is the variable.
        while let start = text.firstRange(of: "{{"), let end = text[start.upperBound...].firstRange(of: "}}") {
            let inside = text[start.upperBound..<end.lowerBound].trimmed
            guard inside.hasPrefix(".Env.") else { return text }
            text.replaceSubrange(start.lowerBound..<end.upperBound, with: "${\(inside.dropFirst(5))}")
        }
        return text
    }

    func value(_ text: String) -> DraftValue {
        let text = filled(text)
        return text.contains("${") ? .word(text) : .text(text)
    }

    /// A line for a shell, whose own variables are left to it.
    func shellLine(_ text: String) -> DraftValue {
        let line = filled(DraftWriter.escaped(text))
        return line.contains("${") || line.contains("$$") ? .word(line) : .text(line)
    }

    /// A path, in which resticprofile fills in variables without braces as well.
    func filledPath(_ text: String) -> String {
        let marked = String(text.map { $0 == "$" ? Variables.mark : $0 })
        return filled(Variables.unmarked(marked) { $0 }).replacing("${PROFILE_NAME}", with: original)
    }

    mutating func checkTemplates(_ text: String, _ option: String) -> Bool {
        guard filled(text).contains("{{") else { return true }
        draft.open("\(option): \(text)", "its template is not known here")
        return false
    }

    // MARK: What is backed up

    private mutating func addSources() {
        let base = backup.takeText("source-base").map { filled($0) }.flatMap { $0.isEmpty ? nil : $0 }
        for source in backup.takeTexts("source") {
            guard checkTemplates(source, "source") else { continue }
            var path = filledPath(source)
            if path == "~" || path.hasPrefix("~/") { path = "${HOME}\(path.dropFirst())" }
            if let base, !path.hasPrefix("/"), !path.hasPrefix("${") { path = "\(base)/\(path)" }
            guard path.hasPrefix("/") || path.hasPrefix("${") else {
                draft.open("source: \(source)", "it is relative: write the absolute path")
                continue
            }
            if path.contains("*") || path.contains("?") {
                draft.open("source: \(source)", "a source is one path: name each folder, or its parent with `filters`")
                continue
            }
            mapping.append(.flow(("path", value(path))), to: "sources")
        }
        addStandardInput()
        for key in ["files-from", "files-from-verbatim", "files-from-raw"] {
            for file in backup.takeTexts(key) {
                draft.open("\(key): \(file)", "the paths in that file were not read: write them as `sources`")
            }
        }
        if mapping["sources"] == nil {
            mapping["enabled"] = .word("false")
            mapping.comment("enabled", "No source could be taken over: add `sources:`, then remove this line.")
        }
    }

    private mutating func addStandardInput() {
        let lines = backup.takeTexts("stdin-command")
        let file = backup.takeText("stdin-filename") ?? "stdin"
        if !lines.isEmpty {
            let command = lines.joined(separator: " && ")
            _ = checkTemplates(command, "stdin-command")
            _ = checkTemplates(file, "stdin-filename")
            mapping.append(
                .mapping(
                    DraftMapping([
                        .init(key: "path", value: .text("/\(file.split(separator: "/").joined(separator: "/"))")),
                        .init(key: "command", value: .list([.word("sh"), .text("-c"), shellLine(command)])),
                    ])), to: "sources")
        } else if backup.takeFlag("stdin") == true {
            draft.open("stdin", "a source has a `command` whose output it is")
        }
        _ = backup.take("stdin")
    }

    private mutating func addFilters() {
        for (key, ignoresCase) in [("exclude", false), ("iexclude", true)] {
            for pattern in backup.takeTexts(key) {
                guard checkTemplates(pattern, key) else { continue }
                var text = filled(pattern)
                if text.hasPrefix("~/") { text = "${HOME}\(text.dropFirst())" }
                if text.hasPrefix("!") {
                    draft.dropped("\(key): \(pattern)", "write it as an `include` above the filters")
                    continue
                }
                for expression in ResticPattern.expressions(text, ignoresCase: ignoresCase) {
                    let written: DraftValue = expression.contains("${HOME}") ? .word(expression) : .text(expression)
                    mapping.append(.flow(("exclude", written)), to: "filters")
                }
            }
        }
        for key in ["exclude-file", "iexclude-file"] {
            for file in backup.takeTexts(key) {
                draft.open("\(key): \(file)", "the patterns in that file were not read: write them as `filters`")
            }
        }
        var selection = DraftMapping()
        if backup.takeFlag("one-file-system") == true { selection["one_file_system"] = .word("true") }
        if backup.takeFlag("exclude-caches") == true { selection["exclude_caches"] = .word("true") }
        let markers = backup.takeTexts("exclude-if-present")
        let names = markers.map { String($0.prefix { $0 != ":" }) }
        if !names.isEmpty { selection["exclude_if_present"] = .texts(names) }
        for marker in markers where marker.contains(":") {
            draft.changed("exclude-if-present: \(marker)", "the name of the file is enough")
        }
        if let limit = backup.takeText("exclude-larger-than") {
            if let size = DuplicatiValues.size(limit, unit: "b") ?? DuplicatiValues.size("\(limit)b", unit: "b") {
                selection["exclude_larger_than"] = .word(size)
            } else {
                draft.dropped("exclude-larger-than: \(limit)", "it is not a size")
            }
        }
        if !selection.isEmpty { mapping["selection"] = .mapping(selection) }
    }
}
