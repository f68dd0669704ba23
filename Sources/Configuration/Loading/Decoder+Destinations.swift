internal import Secrets
internal import YAML

extension Decoder {
    mutating func destination(_ entry: Node.Entry) -> DestinationSpecification {
        let node = entry.value
        let place = "destinations.\(entry.key)"
        let url = template(node["url"], "\(place).url")
        return DestinationSpecification(
            name: entry.key, url: url, options: values(node["options"], "\(place).options"),
            auth: values(node["auth"], "\(place).auth"),
            immutability: node["immutability"].flatMap { immutability($0) },
            storageClass: node["storage_class"].flatMap { storageClass($0) }, volumeSize: size(node["volume_size"]),
            quota: size(node["quota"]),
            isOffSite: text(node["off_site"]).map { $0 == "true" } ?? OffSite.guess(url.text ?? "\(url)"),
            concurrentJobs: integer(node["concurrent_jobs"]), limits: node["limits"].map { limits($0) },
            retry: node["retry"].map { retry($0) })
    }

    private func immutability(_ node: Node) -> Immutability? {
        guard let mode: Immutability.Mode = word(node["mode"]), let period = duration(node["for"]) else { return nil }
        return Immutability(mode: mode, period: period)
    }

    private func storageClass(_ node: Node) -> DestinationSpecification.StorageClass? {
        guard let data = text(node["data"]) ?? text(node) else { return nil }
        return DestinationSpecification.StorageClass(data: data, metadata: text(node["metadata"]))
    }

    func uses(_ node: Node?) -> [String: DestinationUse] {
        var uses: [String: DestinationUse] = [:]
        for item in items(node) {
            guard let name = text(item["ref"]) else { continue }
            uses[name] = DestinationUse(
                retention: item["retention"].flatMap { retention($0) }, isOptional: isTrue(item["optional"]),
                limits: item["limits"].map { limits($0) }, retry: item["retry"].map { retry($0) })
        }
        return uses
    }

    /// Whether an entry of `jobs` cannot be run: it is disabled and lacks what a job needs.
    func isTemplate(_ node: Node) -> Bool {
        text(node["enabled"]) == "false"
            && ["sources", "encryption", "destinations"].contains { node[$0] == nil }
    }
}
