internal import YAML

extension Decoder {
    func verification(_ node: Node?) -> VerificationSpecification {
        let samples = node?["after_backup"]
        let amount = text(samples) ?? text(samples?["samples"])
        return VerificationSpecification(
            amount: amount.flatMap { .init(parsing: $0) } ?? .sets(1), occasion: word(samples?["when"]) ?? .changed,
            remote: node?["remote"].flatMap { remote($0) }, drill: node?["restore_drill"].flatMap { drill($0) })
    }

    private func remote(_ node: Node) -> RemoteVerification? {
        guard let timing = timing(node["schedule"]) else { return nil }
        return RemoteVerification(
            timing: timing, amount: text(node["sample"]).flatMap { .init(parsing: $0) },
            fullCycle: duration(node["full_cycle"]))
    }

    private func drill(_ node: Node) -> DrillSpecification? {
        guard let timing = timing(node["schedule"]) else { return nil }
        return DrillSpecification(
            timing: timing, selection: node["select"].map { selection(ofDrill: $0) },
            comparison: word(node["compare"]) ?? .manifest, target: path(node["target"]),
            maxDuration: duration(node["max_duration"]), checks: items(node["checks"]).compactMap { check($0) })
    }

    private func selection(ofDrill node: Node) -> DrillSpecification.Selection {
        DrillSpecification.Selection(
            sources: texts(node["sources"]).map { trimmed($0) }, paths: texts(node["paths"]),
            randomFiles: integer(node["random_files"]), randomSize: size(node["random_size"]))
    }

    private func check(_ node: Node) -> DrillSpecification.Check? {
        if let words = node["command"] { return .command(texts(words)) }
        if let dump = node["postgres_restore"], let path = text(dump["path"]) {
            return .postgresRestore(
                path: path, listOnly: text(dump["list_only"]) != "false", tool: text(dump["tool"]))
        }
        return text(node["sqlite_integrity"]?["path"]).map { .sqliteIntegrity(path: $0) }
    }

    func expectation(_ node: Node) -> ExpectationSpecification {
        ExpectationSpecification(
            source: trimmed(text(node["source"]) ?? ""), minFiles: integer(node["min_files"]),
            minSize: size(node["min_size"]), mustExist: texts(node["must_exist"]),
            maxRemoved: percentage(node["max_removed"]), maxChanged: percentage(node["max_changed"]),
            violation: word(node["violation"]) ?? .fail)
    }
}
