/// What Duplicati exports "as command line", for Linux and for Windows.
enum DuplicatiCommandLine {
    /// Reads a text with one command or more.
    /// - Throws: `ImportError` when no backup is in it.
    static func read(_ file: ImportRequest.File) throws(ImportError) -> [DuplicatiJob] {
        let text = String(decoding: file.bytes, as: UTF8.self)
        let dialect = dialect(of: text)
        let jobs = ShellWords.commands(in: text, dialect).compactMap { job($0, dialect, origin: file.name) }
        guard !jobs.isEmpty else {
            throw .unreadable(
                file: file.name, detail: "no `backup` with a URL was found in it",
                advice: "Export the job in Duplicati: its name, Export…, As command line")
        }
        return jobs
    }

    /// Windows' programs end with `.exe`, and its paths begin with a drive.
    private static func dialect(of text: String) -> ShellWords.Dialect {
        let lower = text.lowercased()
        let lines = lower.split(whereSeparator: \.isNewline)
        // Duplicati's programs end with `.exe` under Mono as well.
        if lower.hasPrefix("#!") || lower.contains("mono ") || lines.contains(where: { $0.hasSuffix("\\") }) {
            return .posix
        }
        if lines.contains(where: { $0.hasPrefix("& ") || $0.hasPrefix(". ") || $0.hasSuffix("`") }) {
            return .powerShell
        }
        if lower.contains(".exe\"") || lower.contains(".exe ") { return .windows }
        let hasDrive = ["\"", " "].contains { quote in
            ("a"..."z").unicodeLetters.contains { lower.contains("\(quote)\($0):\\") }
        }
        return hasDrive ? .windows : .posix
    }

    private static func job(_ words: [String], _ dialect: ShellWords.Dialect, origin: String) -> DuplicatiJob? {
        guard let verb = words.firstIndex(of: "backup"), verb + 1 < words.count else { return nil }
        // Scripts have other commands that say `backup`.
        let program = words[..<verb]
        guard program.isEmpty || program.contains(where: { $0.lowercased().contains("duplicati") }) else { return nil }
        var job = DuplicatiJob(origin: origin)
        var places: [String] = []
        for word in words[(verb + 1)...] {
            if [")", "\(Variables.mark)@", "\(Variables.mark)*"].contains(word) { continue }
            guard word.hasPrefix("--") else {
                places.append(word)
                continue
            }
            let equals = word.firstIndex(of: "=")
            let name = word[..<(equals ?? word.endIndex)].dropFirst(2).lowercased()
            var value = equals.map { String(word[word.index(after: $0)...]) } ?? "true"
            // One pair of quotes around a value is Duplicati's own to take off.
            if value.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") {
                value = String(value.dropFirst().dropLast())
            }
            switch name {
            case "include": job.filters.append(.init(isInclude: true, expression: value))
            case "exclude": job.filters.append(.init(isInclude: false, expression: value))
            default:
                // A variable counts as the whole of a credential, and elsewhere means what it says.
                let isVariable = DuplicatiTarget.isCredential(name) && Variables.onlyMarked(value) != nil
                job.options.set(name, isVariable ? value : Variables.plain(value))
            }
        }
        guard let target = places.first else { return nil }
        job.target = dialect == .posix ? singlePercents(target) : target
        job.sources = Array(places.dropFirst())
        job.name = job.options.takeText("backup-name")
        job.filters = job.filters.map {
            DuplicatiJob.Filter(isInclude: $0.isInclude, expression: Variables.plain($0.expression))
        }
        return job
    }

    /// Windows' export doubles percent signs; a text that was pasted elsewhere may have kept them.
    private static func singlePercents(_ url: String) -> String {
        var result = ""
        var rest = url[...]
        while let character = rest.popFirst() {
            result.append(character)
            guard character == "%", rest.first == "%" else { continue }
            let digits = rest.dropFirst().prefix(2)
            if digits.count == 2, digits.allSatisfy(\.isHexDigit) { rest.removeFirst() }
        }
        return result
    }
}

extension ClosedRange where Bound == String {
    /// The letters from the first to the last.
    fileprivate var unicodeLetters: [Character] {
        guard let first = lowerBound.unicodeScalars.first, let last = upperBound.unicodeScalars.first else { return [] }
        return (first.value...last.value).compactMap { Unicode.Scalar($0).map { Character($0) } }
    }
}
