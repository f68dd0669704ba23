internal import YAML

extension Decoder {
    func addresses(_ node: Node?) -> [ListenAddress] {
        (node?.items ?? [node].compactMap { $0 }).compactMap { text($0).flatMap { ListenAddress(parsing: $0) } }
    }

    mutating func api(_ node: Node?) -> APISettings {
        var tokens: [APISettings.Token] = []
        for (index, item) in items(node?["tokens"]).enumerated() {
            guard let name = text(item["name"]), let token = item["token"],
                let scope: APISettings.Scope = word(item["scope"])
            else { continue }
            tokens.append(
                APISettings.Token(
                    name: name, secret: credential(token, "runtime.api.tokens[\(index)].token"), scope: scope))
        }
        let tls: APISettings.TLS? =
            if let certificate = path(node?["tls"]?["certificate"]), let key = path(node?["tls"]?["key"]) {
                APISettings.TLS(certificate: certificate, key: key)
            } else {
                nil
            }
        return APISettings(
            tokens: tokens, tls: tls, hosts: texts(node?["hosts"]).map { $0.lowercased() },
            restoreRoots: items(node?["restore_roots"]).compactMap { path($0) }.map { trimmed($0) })
    }

    func reload(_ node: Node?) -> ReloadSettings {
        ReloadSettings(
            watches: text(node?["watch"]) != "false",
            debounce: duration(node?["debounce"]) ?? CalendarDuration(seconds: 5), approved: texts(node?["approved"]))
    }

    func metrics(_ node: Node?) -> MetricsSettings? {
        guard let node else { return nil }
        return MetricsSettings(
            file: path(node["file"]),
            pushGateway: node["push_gateway"].map { template($0) })
    }

    func runtimeLimits(_ node: Node?) -> RuntimeLimits {
        RuntimeLimits(
            concurrentJobs: integer(node?["concurrent_jobs"]) ?? 1, upload: rate(node?["upload"]) ?? .unlimited,
            download: rate(node?["download"]) ?? .unlimited,
            blackouts: items(node?["blackout"]).compactMap { node in
                guard let from = clockTime(node["from"]), let to = clockTime(node["to"]) else { return nil }
                return RuntimeLimits.Blackout(
                    days: days(node["days"]), from: from, to: to, upload: rate(node["upload"]),
                    download: rate(node["download"]))
            })
    }

    func limits(_ node: Node) -> ResourceLimits {
        ResourceLimits(
            upload: rate(node["upload"]), download: rate(node["download"]),
            parallelUploads: integer(node["parallel_uploads"]), cpu: word(node["cpu"]), io: word(node["io"]),
            memory: size(node["memory"]))
    }

    func retry(_ node: Node) -> RetrySpecification {
        RetrySpecification(
            attempts: integer(node["attempts"]), backoff: word(node["backoff"]) ?? .exponential,
            initial: duration(node["initial"]), longest: duration(node["max"]))
    }

    func objectives(_ node: Node?) -> ServiceObjectives {
        ServiceObjectives(
            recoveryPoint: duration(node?["rpo"]), recoveryTime: duration(node?["rto"]),
            verifiedWithin: duration(node?["verified_within"]))
    }

    func policy(_ node: Node) -> PolicySpecification? {
        guard let kind: PolicySpecification.Kind = word(node["rule"]) else { return nil }
        return PolicySpecification(
            kind: kind, count: integer(node["count"]), span: duration(node["for"]),
            jobs: node["jobs"].map { texts($0) }, exceptions: texts(node["except"]))
    }
}
