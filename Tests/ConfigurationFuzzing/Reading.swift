import Configuration
import YAML

/// A configuration read straight from its tree, without the loader's help.
struct Reading {
    private let root: Node

    init(_ root: Node) { self.root = root }

    /// Where the loader has read something else.
    func difference(to configuration: Configuration) -> String? {
        let jobs = own(root["jobs"])
        guard jobs.map({ $0.key }) == configuration.jobs.map({ $0.name }) else { return "other jobs" }
        guard Set(own(root["destinations"]).map { $0.key }) == Set(configuration.destinations.keys) else {
            return "other destinations"
        }
        guard Set(own(root["reports"]).map { $0.key }) == Set(configuration.reports.keys) else {
            return "other reports"
        }
        if let instance = text(root["instance"]), instance != configuration.instance { return "another instance" }
        for (entry, job) in zip(jobs, configuration.jobs) {
            if let part = difference(of: entry.value, to: job) { return "another \(part) of \(job.name)" }
        }
        return nil
    }

    private func difference(of node: Node, to job: JobSpecification) -> String? {
        let sources = node["sources"]?.items ?? []
        guard sources.count == job.sources.count else { return "number of sources" }
        for (item, source) in zip(sources, job.sources) {
            if let path = text(item["path"]), trimmed(path) != source.path { return "source" }
            if let words = item["command"]?.items, let command = source.command {
                let texts = words.map { text($0) }
                guard !texts.contains(nil) else { continue }
                if texts != command.arguments { return "command" }
            } else if item["command"] != nil || source.command != nil {
                return "kind of source"
            }
        }
        return differenceOfLists(node, job) ?? differenceOfNumbers(node, job)
    }

    private func differenceOfLists(_ node: Node, _ job: JobSpecification) -> String? {
        if let list = texts(inherited("destinations", node)), list != job.destinations { return "list of destinations" }
        if let list = texts(inherited("reports", node)), list != job.reports { return "list of reports" }
        let filters = inherited("filters", node)?.items ?? []
        guard filters.count == job.filters.count else { return "number of filters" }
        for (item, filter) in zip(filters, job.filters) {
            guard let written = item[filter.action.rawValue] else { return "action of a filter" }
            if let expression = text(written), expression != filter.expression { return "filter" }
        }
        return nil
    }

    private func differenceOfNumbers(_ node: Node, _ job: JobSpecification) -> String? {
        for (key, value) in [
            ("keep_versions", job.retention?.keepVersions), ("min_versions", job.retention?.minVersions),
            ("max_delete", job.retention?.maxDelete),
        ] {
            let written = node["retention"]?[key] ?? root["defaults"]?["retention"]?[key]
            if let written, written.scalar?.text.contains("$") == true { continue }
            guard case .integer(let number)? = written?.scalar?.value else {
                if value != nil { return key }
                continue
            }
            if value.map({ Int64($0) }) != number { return key }
        }
        return nil
    }

    // MARK: Parts

    private func own(_ node: Node?) -> [Node.Entry] { (node?.entries ?? []).filter { !$0.key.hasPrefix("x-") } }

    private func inherited(_ key: String, _ node: Node) -> Node? { node[key] ?? root["defaults"]?[key] }

    /// The text, unless it has expressions that only the loader can fill in.
    private func text(_ node: Node?) -> String? {
        node?.scalar.flatMap { $0.text.contains("$") ? nil : $0.text }
    }

    private func texts(_ node: Node?) -> [String]? {
        let texts = (node?.items ?? []).map { text($0) }
        return texts.contains(nil) ? nil : texts.compactMap { $0 }
    }

    private func trimmed(_ path: String) -> String {
        guard let last = path.lastIndex(where: { $0 != "/" }) else { return path.isEmpty ? "" : "/" }
        return String(path[...last])
    }
}
