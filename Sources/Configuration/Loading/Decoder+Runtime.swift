internal import YAML

extension Decoder {
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
