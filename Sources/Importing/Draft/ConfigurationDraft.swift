internal import Secrets
internal import Support

/// A configuration that grows job by job.
struct ConfigurationDraft {
    let request: ImportRequest
    private(set) var secrets = DraftMapping()
    private(set) var destinations = DraftMapping()
    private(set) var jobs = DraftMapping()
    private(set) var reports = DraftMapping()
    private(set) var createdSecrets: [ImportedSecret] = []
    private(set) var notes: [ImportNote] = []
    /// What is said at the head of the file.
    var preface: [String] = []
    /// The job that notes are about.
    private(set) var job = ""

    init(_ request: ImportRequest) { self.request = request }

    var jobNames: [String] { jobs.entries.map(\.key) }

    // MARK: Names

    /// Begins a job.
    /// - Parameter wish: what it is called where it comes from.
    /// - Returns: the name it has here.
    mutating func begin(job wish: String) -> String {
        let wish = jobs.isEmpty ? request.jobName ?? wish : wish
        job = Self.unused(Self.name(from: wish), jobs)
        return job
    }

    /// Ends the last job: what is noted from now on is about the whole file.
    mutating func endJobs() { job = "all jobs" }

    /// Says which variables the file left open.
    mutating func noteVariables() {
        endJobs()
        var seen: Set<String> = ["HOME"]
        for section in [destinations, jobs, reports] {
            for name in Variables.needed(by: .mapping(section)) where seen.insert(name).inserted {
                open("variable \(name)", "its value is not in the imported file: set it where Dunnage runs")
            }
        }
    }

    /// A text as a name of this language.
    static func name(from text: String) -> String {
        var name = ""
        let plain = [
            "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "é": "e", "è": "e", "à": "a", "ç": "c", "ñ": "n", "å": "a",
            "ø": "o",
        ]
        .reduce(text.lowercased()) { $0.replacing($1.key, with: $1.value) }
        for scalar in plain.unicodeScalars.prefix(60) {
            let isOrdinary = ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "_"
            if isOrdinary { name.unicodeScalars.append(scalar) } else if name.last != "-", !name.isEmpty { name += "-" }
        }
        while let last = name.last, "-_".contains(last) { name.removeLast() }
        while let first = name.first, "-_".contains(first) { name.removeFirst() }
        return name.isEmpty ? "job" : name
    }

    private static func unused(_ name: String, _ mapping: DraftMapping) -> String {
        var candidate = name
        var number = 1
        while mapping[candidate] != nil {
            number += 1
            candidate = "\(name)-\(number)"
        }
        return candidate
    }

    // MARK: Parts

    /// Adds the job that was begun last.
    mutating func finish(_ mapping: DraftMapping) { jobs[job] = .mapping(mapping) }

    /// Adds a destination.
    /// - Returns: its name, which may have got a number.
    mutating func add(destination name: String, _ mapping: DraftMapping) -> String {
        let name = Self.unused(Self.name(from: name), destinations)
        destinations[name] = .mapping(mapping)
        return name
    }

    /// Adds a report, or finds the same one.
    /// - Returns: its name.
    mutating func add(report name: String, _ mapping: DraftMapping) -> String {
        if let same = reports.entries.first(where: { $0.value == .mapping(mapping) }) { return same.key }
        let name = Self.unused(Self.name(from: name), reports)
        reports[name] = .mapping(mapping)
        return name
    }

    /// Adds a secret whose place is known.
    mutating func add(secret name: String, at place: DraftValue) -> String {
        if let same = secrets.entries.first(where: { $0.value == place }) { return same.key }
        let name = unusedSecret(Self.name(from: name).replacing("-", with: "_"))
        secrets[name] = place
        return name
    }

    /// Adds a secret that is a variable of the environment.
    mutating func add(secretVariable variable: String) -> String {
        open("variable \(variable)", "it holds a secret: set it where Dunnage runs")
        return add(secret: variable.lowercased(), at: .flow(("env", .word(variable))))
    }

    /// Adds a secret that has to be created.
    /// - Parameters:
    ///   - name: what it is called, after the job's name.
    ///   - value: its value, when it is known.
    ///   - purpose: what it is, in words.
    /// - Returns: its name.
    mutating func add(secret name: String, value: String?, _ purpose: String) -> String {
        let given = value.flatMap { $0.isEmpty ? nil : Secret($0) }
        let wish = "\(job)_\(name)".replacing("-", with: "_").replacing(".", with: "_")
        if let given, let same = createdSecrets.first(where: { $0.value == given && $0.purpose == purpose }) {
            return same.name
        }
        let name = unusedSecret(wish)
        let place: ImportedSecret.Place
        if let folder = request.secretsFolder {
            let path = folder.hasSuffix("/") ? "\(folder)\(name)" : "\(folder)/\(name)"
            place = .file(path)
            secrets[name] = .flow(("file", .text(path)))
        } else {
            // A variable's name begins with a letter.
            let upper = name.uppercased()
            let variable = upper.first?.isNumber == true ? "JOB_\(upper)" : upper
            place = .environment(variable)
            secrets[name] = .flow(("env", .word(variable)))
        }
        createdSecrets.append(ImportedSecret(name: name, purpose: purpose, value: given, place: place))
        if given == nil {
            open(purpose, "its value is not in the imported file: create the secret `\(name)`")
        }
        return name
    }

    private func unusedSecret(_ wish: String) -> String {
        var base = String(wish.prefix(56))
        while let last = base.last, last == "_" { base.removeLast() }
        var candidate = base
        var number = 1
        while secrets[candidate] != nil {
            number += 1
            candidate = "\(base)_\(number)"
        }
        return candidate
    }

    // MARK: Notes

    mutating func dropped(_ option: String, _ reason: String) { note(.dropped, option, reason) }
    mutating func changed(_ option: String, _ reason: String) { note(.changed, option, reason) }
    mutating func open(_ option: String, _ reason: String) { note(.open, option, reason) }

    private mutating func note(_ kind: ImportNote.Kind, _ option: String, _ reason: String) {
        // An address may hold a password.
        let words = option.split(separator: " ", omittingEmptySubsequences: false).map { word in
            word.contains("://") ? CredentialNames.maskingURL(String(word)) : String(word)
        }
        let note = ImportNote(kind: kind, job: job, option: words.joined(separator: " "), reason: reason)
        if !notes.contains(note) { notes.append(note) }
    }

    // MARK: Text

    /// All of it.
    func text() -> String {
        var writer = DraftWriter()
        for line in preface { writer.write(comment: line) }
        writer.write(DraftMapping([.init(key: "version", value: .word("1"))]))
        for (key, section) in [
            ("secrets", secrets), ("destinations", destinations), ("jobs", jobs), ("reports", reports),
        ] where !section.isEmpty {
            writer.write(comment: nil)
            writer.write(DraftMapping([.init(key: key, value: .mapping(section))]))
        }
        return writer.text
    }
}
