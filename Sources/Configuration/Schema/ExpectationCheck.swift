internal import YAML

/// Checks that what names a source of its job names one that is there.
enum ExpectationCheck {
    static func run(_ root: Node, _ check: inout SchemaCheck) {
        for job in LanguageCheck.jobs(root) {
            let sources = (job.value["sources"]?.items ?? []).compactMap { $0["path"].flatMap(check.text) }
            guard !sources.isEmpty else { continue }
            var uses = (job.value["expect"]?.items ?? []).compactMap { $0["source"] }
            uses += job.value["verify"]?["restore_drill"]?["select"]?["sources"]?.items ?? []
            for use in uses {
                guard let path = check.text(use), path.hasPrefix("/"), !names(path, sources) else { continue }
                check.add(
                    .undefinedSource, "`\(path)` is not a source of jobs.\(job.key)", at: use.range, in: Place(),
                    notes: ["its sources: \(sources.joined(separator: ", "))"],
                    help: ValueKind.didYouMean(path, sources), subject: job.key)
            }
        }
    }

    private static func names(_ path: String, _ sources: [String]) -> Bool {
        func plain(_ path: String) -> String {
            var path = path
            while path.count > 1, path.hasSuffix("/") { path.removeLast() }
            return path
        }
        return sources.contains { plain($0) == plain(path) }
    }
}
