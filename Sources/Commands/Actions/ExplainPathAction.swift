internal import Configuration
internal import Engine
internal import Glibc
internal import JSON
internal import Jobs

/// Says why jobs back a path up or leave it out, and which versions hold it.
struct ExplainPathAction {
    let path: String
    let input: ConfigurationInput
    let job: String?
    let destination: String?
    let isOffline: Bool
    let json: Bool

    /// What is known of a path in one job.
    private struct Found {
        let explanation: PathExplanation
        /// The states of the path, with the versions that have them; absent when nobody looked.
        var occurrences: [StoreView.Occurrence]?
        var destination: String?
    }

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let loaded = try program.load(input)
        let setting = program.setting(loaded.configuration.runtime)
        let names = try job.map { [try loaded.configuration.findJob($0).name] } ?? loaded.configuration.jobs.map(\.name)
        var all: [Found] = []
        for name in names {
            let explanation = try PathExplanation(
                Self.absolute(path), job: name, in: loaded, environment: program.environment)
            guard job != nil || explanation.concernsJob else { continue }
            var found = Found(explanation: explanation)
            if !isOffline { try look(&found, loaded.configuration, setting, program) }
            all.append(found)
        }
        try program.tell {
            if json { return try program.console.print(document: "explanation", members(all)) }
            if all.isEmpty { try program.console.print("\(path) is in no job: it is neither a source nor below one.") }
            for (index, found) in all.enumerated() {
                if index > 0 { try program.console.print("") }
                for line in lines(found) { try program.console.print(line) }
            }
        }
        return .success
    }

    /// Finds the versions that hold the path.
    private func look(
        _ found: inout Found, _ configuration: Configuration, _ setting: OutputSetting, _ program: Program
    ) throws {
        let progress = RunProgress()
        let problems = ProblemLog(observer: ProblemLogging(setting.logger).observer)
        let reading = StoreReading(
            logger: setting.logger, mask: program.mask, environment: program.environment,
            interruption: program.interruption, progress: progress, problems: problems)
        setting.progress.watch(progress)
        defer { setting.progress.watch(nil) }
        let name = found.explanation.job
        let session = try reading.open(job: name, destination: destination, configuration: configuration)
        let bare = Self.bare(found.explanation.path)
        let patterns = try OpenedStore.expressions(["@\(bare)", "@\(bare)/"])
        var occurrences: [StoreView.Occurrence] = []
        // A folder's path means what is in it as well, which is not asked for here.
        try StoreView(session.catalog).find(patterns) { occurrence in
            if Self.bare(occurrence.entry.pathText) == bare { occurrences.append(occurrence) }
        }
        found.occurrences = occurrences
        found.destination = try configuration.findDestination(destination, of: configuration.findJob(name)).name
    }

    // MARK: Text

    private func lines(_ found: Found) -> [String] {
        let explanation = found.explanation
        let state = explanation.isStored ? "is backed up by" : "is left out of"
        let absence = explanation.exists ? "" : " (it is not there; its name alone is judged)"
        var lines = [PrintableText.escaped("\(explanation.path) \(state) \(explanation.job)\(absence)")]
        var table = Table([("PATH", .left), ("", .left), ("BECAUSE OF", .left), ("WRITTEN AT", .left)])
        for step in explanation.steps { table.add([step.path, step.outcome.words, step.reason, step.origin.shown]) }
        lines += table.lines.map { "  \($0)" }
        guard let occurrences = found.occurrences else { return lines }
        let place = found.destination ?? ""
        guard !occurrences.isEmpty else { return lines + ["  No version at \(place) holds it."] }
        let numbers = occurrences.map(\.versions).sorted { $0.lowerBound < $1.lowerBound }
        let count = numbers.reduce(0) { $0 + $1.count }
        let text = numbers.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)–\($0.upperBound)" }
        return lines + [
            "  \(HumanText.count(count, "version")) at \(place) \(count == 1 ? "holds" : "hold") it: "
                + text.joined(separator: ", ") + "."
        ]
    }

    // MARK: JSON

    private func members(_ all: [Found]) -> [JSONValue.Member] {
        [
            .init("path", .string(Self.absolute(path))),
            .init(
                "jobs",
                .array(
                    all.map { found in
                        let explanation = found.explanation
                        var members: [JSONValue.Member] = [
                            .init("job", .string(explanation.job)), .init("stored", .bool(explanation.isStored)),
                            .init("exists", .bool(explanation.exists)),
                            .init("steps", .array(explanation.steps.map(\.json))),
                        ]
                        if let occurrences = found.occurrences {
                            members.append(.init("destination", .string(found.destination ?? "")))
                            members.append(
                                .init(
                                    "versions",
                                    .array(
                                        occurrences.map { occurrence in
                                            .object(
                                                occurrence.entry.json + [
                                                    .init(
                                                        "newest_version",
                                                        .integer(Int64(occurrence.versions.lowerBound))),
                                                    .init(
                                                        "oldest_version",
                                                        .integer(Int64(occurrence.versions.upperBound))),
                                                ])
                                        })))
                        }
                        return .object(members)
                    })),
        ]
    }

    // MARK: Paths

    private static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let here = getcwd(nil, 0) else { return path }
        defer { free(here) }
        let folder = String(cString: here)
        let relative = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        return folder == "/" ? "/\(relative)" : "\(folder)/\(relative)"
    }

    private static func bare(_ path: String) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }
}

extension PathJudgement.Outcome {
    /// What happens, for people.
    fileprivate var words: String {
        switch self {
        case .stored: "stored"
        case .lookedInto: "looked into"
        case .leftOut: "left out"
        }
    }

    fileprivate var word: String { words.replacing(" ", with: "_") }
}

extension Origin? {
    fileprivate var shown: String {
        guard let self else { return "" }
        return self.through.map { "\(self.place) (\($0))" } ?? self.place
    }
}

extension PathExplanation.Step {
    fileprivate var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("path", .string(path)), .init("outcome", .string(outcome.word)), .init("reason", .string(reason)),
        ]
        if let origin { members.append(.init("origin", origin.json)) }
        return .object(members)
    }
}
