/// Makes a job of this language from one of Duplicati's, which goes on with the same store.
struct DuplicatiConversion {
    let job: DuplicatiJob
    /// What is left of the options.
    var options: OptionBag
    var draft: ConfigurationDraft
    var mapping = DraftMapping()
    var destination = DraftMapping()
    /// Why the job must not run as it is.
    var obstacles: [String] = []

    /// Adds a job to a configuration.
    static func add(_ job: DuplicatiJob, to draft: inout ConfigurationDraft) {
        var conversion = DuplicatiConversion(job: job, options: job.options, draft: draft)
        conversion.convert()
        draft = conversion.draft
    }

    private init(job: DuplicatiJob, options: OptionBag, draft: ConfigurationDraft) {
        self.job = job
        self.options = options
        self.draft = draft
    }

    private mutating func convert() {
        let stem = job.origin.split(separator: "/").last?.split(separator: ".").first.map(String.init) ?? "job"
        let name = draft.begin(job: job.name ?? stem)
        if draft.preface.isEmpty {
            draft.preface = [
                "Imported from Duplicati. The jobs go on with their stores: what is there is not uploaded again.",
                "Do not let Duplicati write to a store as well from now on.",
            ]
        }
        if let title = job.name, title != name || !job.summary.isEmpty {
            mapping["description"] = .text(job.summary.isEmpty ? title : "\(title): \(job.summary)".oneLine)
        }
        addSources()
        addFilters()
        addSelection()
        addEncryption()
        let target = addDestination(name)
        addRetention()
        addCompaction()
        DuplicatiSchedule.add(job, to: &mapping, &draft)
        addScripts()
        addTransfers()
        addVerification()
        addReports()
        addStorage()
        // Whatever a destination may understand is known only now.
        addDestinationOptions()
        finish(target)
    }

    private mutating func finish(_ target: String) {
        let use = draft.add(destination: target, destination)
        mapping["destinations"] = .list([.word(use)])
        noteRest()
        if !obstacles.isEmpty {
            // In front of everything else, where it is seen.
            var first = DraftMapping([.init(key: "enabled", value: .word("false"), comment: obstacles)])
            for entry in mapping.entries { first[entry.key] = entry.value }
            mapping = first
        }
        draft.finish(mapping)
    }

    // MARK: What is backed up

    private mutating func addSources() {
        let ignoresMissing = options.takeFlag("allow-missing-source") ?? false
        let failsMissing =
            options.takeFlag("abort-if-source-missing") ?? options.takeFlag("prevent-empty-source") ?? false
        var sources: [DraftValue] = []
        for source in job.sources {
            if DuplicatiValues.isWindowsPath(source) {
                draft.dropped(
                    "source \(source)", "it is a path of Windows; name the folder by its path on this machine")
                continue
            }
            if source.hasPrefix("@") {
                draft.dropped("source \(source.prefix { $0 != "|" })", "remote sources are not built yet")
                continue
            }
            var entry = DraftMapping([.init(key: "path", value: path(source))], isFlow: true)
            if failsMissing {
                entry["if_missing"] = .word("fail")
            } else if ignoresMissing {
                entry["if_missing"] = .word("ignore")
            }
            guard case .word(let written)? = entry["path"], written.hasPrefix("/") || written.hasPrefix("${") else {
                draft.dropped("source \(Variables.plain(source))", "it is not an absolute path")
                continue
            }
            sources.append(.mapping(entry))
        }
        if sources.isEmpty {
            obstacles.append("None of the sources can be used here: add `sources:`, then remove this line.")
        } else {
            mapping["sources"] = .list(sources)
        }
    }

    /// A path with Duplicati's variables, in this language's notation.
    private mutating func path(_ text: String) -> DraftValue {
        var written = Variables.unmarked(text, DraftWriter.escaped)
        // A shell has filled this in before Duplicati sees it.
        if !job.isScheduled, written.hasPrefix("~/") { written = "${HOME}\(written.dropFirst())" }
        let folders = [
            "MY_DOCUMENTS": "Documents", "MY_PICTURES": "Pictures", "MY_MUSIC": "Music", "DESKTOP": "Desktop",
            "MY_MOVIES": "Videos", "MY_VIDEOS": "Videos", "MY_DOWNLOADS": "Downloads", "MY_PUBLIC": "Public",
        ]
        let parts = written.split(separator: "%", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 3 else { return .word(written) }
        var result = parts[0]
        var index = 1
        while index < parts.count {
            let name = parts[index]
            let isName = !name.isEmpty && name.allSatisfy { $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber) }
            guard isName, index + 1 < parts.count else {
                result += "%" + name
                index += 1
                continue
            }
            if let folder = folders[name.uppercased()] {
                result += "${HOME}/\(folder)"
                draft.changed(
                    "source \(text)", "taken for ${HOME}/\(folder); check that this is the folder that was meant")
            } else {
                result += "${\(name.uppercased() == "HOME" ? "HOME" : name)}"
            }
            result += parts[index + 1]
            index += 2
        }
        written = result
        return .word(written)
    }

    private mutating func addFilters() {
        var filters: [DraftValue] = []
        for filter in job.filters {
            let expression = filter.expression
            let option = "\(filter.isInclude ? "include" : "exclude") \(expression)"
            if expression.isEmpty || expression == "@" {
                draft.dropped(option, "an empty filter matches nothing")
                continue
            }
            if DuplicatiValues.isWindowsPath(expression) || expression.contains("\\") && !expression.hasPrefix("[") {
                draft.dropped(option, "it is written for paths of Windows")
                continue
            }
            if expression.hasPrefix("["), !expression.hasSuffix("]") || expression.count < 3 {
                draft.dropped(option, "a regular expression stands between [ and ]; Duplicati never matched it either")
                continue
            }
            if expression.hasPrefix("{"), !expression.hasSuffix("}") {
                draft.dropped(option, "a group stands between { and }; Duplicati never matched it either")
                continue
            }
            filters.append(.flow((filter.isInclude ? "include" : "exclude", .text(expression))))
        }
        if !filters.isEmpty { mapping["filters"] = .list(filters) }
    }

    private mutating func addSelection() {
        var selection = DraftMapping()
        let markers = options.take("ignore-filenames")
        let names = (markers ?? "CACHEDIR.TAG").split { $0 == ":" || $0 == ";" }.map(String.init)
        if !names.isEmpty { selection["exclude_if_present"] = .texts(names) }
        if let limit = options.takeText("skip-files-larger-than") {
            if let size = DuplicatiValues.size(limit, unit: "mb") {
                selection["exclude_larger_than"] = .word(size)
            } else {
                draft.dropped("skip-files-larger-than=\(limit)", "it is not a size")
            }
        }
        if let value = options.takeText("exclude-files-attributes") { addAttributes(value, to: &selection) }
        if options.takeFlag("exclude-empty-folders") == true { selection["exclude_empty_folders"] = .word("true") }
        addWord("symlink-policy", "symlinks", ["store", "follow", "ignore"], to: &selection)
        addWord("hardlink-policy", "hardlinks", ["all", "first", "none"], to: &selection)
        if !selection.isEmpty { mapping["selection"] = .mapping(selection) }
    }

    private mutating func addAttributes(_ value: String, to selection: inout DraftMapping) {
        for attribute in value.split(separator: ",") {
            let word = attribute.lowercased().filter { !$0.isWhitespace }
            if word == "hidden" {
                selection["exclude_attributes"] = .list([.word("hidden")])
            } else if !["system", "temporary"].contains(word) {
                // Those two are what Duplicati's own pages set, and no file on Linux has them.
                draft.dropped("exclude-files-attributes=\(word)", "files on Linux have no such attribute")
            }
        }
    }

    private mutating func addWord(
        _ option: String, _ key: String, _ words: [String], to selection: inout DraftMapping
    ) {
        guard let value = options.takeText(option) else { return }
        guard words.contains(value.lowercased()) else {
            return draft.dropped("\(option)=\(value)", "it is not one of \(words.joined(separator: ", "))")
        }
        // The first word is the usual one, here as there.
        if value.lowercased() != words[0] { selection[key] = .word(value.lowercased()) }
    }
}

extension String {
    /// The text with blanks in place of line breaks.
    var oneLine: String { split(whereSeparator: \.isNewline).joined(separator: " ") }
}
