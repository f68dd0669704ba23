internal import Secrets
internal import Support
internal import YAML

/// Checks what no single value shows: stores that would be shared, things named twice, tiers and sizes that conflict.
struct StoreCheck {
    /// A job's use of a destination.
    private struct Owner {
        let job: String
        let destination: String
        let range: SourceRange
    }

    private let root: Node
    private let written: Node
    private var owners: [String: Owner] = [:]

    /// - Parameters:
    ///   - root: the tree with complete jobs.
    ///   - written: the tree as it is in the file.
    private init(root: Node, written: Node) {
        self.root = root
        self.written = written
    }

    static func run(_ root: Node, written: Node, _ check: inout SchemaCheck) {
        var stores = StoreCheck(root: root, written: written)
        if let retention = root["defaults"]?["retention"] { checkTiers(retention, &check) }
        for job in root["jobs"]?.entries ?? [] where !Extension.isExtension(job.key) {
            stores.checkLists(job, &check)
            stores.checkStores(job, &check)
            if let retention = job.value["retention"] { checkTiers(retention, &check) }
            for use in job.value["destinations"]?.items ?? [] {
                if let retention = use["retention"] { checkTiers(retention, &check) }
            }
            checkSizes(job, &check)
            stores.checkMemory(job, &check)
        }
    }

    // MARK: Stores

    private mutating func checkStores(_ job: Node.Entry, _ check: inout SchemaCheck) {
        let isOwn = written["jobs"]?[job.key]?["destinations"] != nil
        var mine: Set<String> = []
        for item in job.value["destinations"]?.items ?? [] {
            guard let name = check.text(item["ref"] ?? item), mine.insert(name).inserted,
                let store = store(name, job.key, check)
            else {
                continue
            }
            let place = (item["ref"] ?? item).range
            let owner = Owner(job: job.key, destination: name, range: isOwn ? place : job.keyRange)
            guard let other = owners[store] else {
                owners[store] = owner
                continue
            }
            report(owner, other, &check)
        }
    }

    private func report(_ owner: Owner, _ other: Owner, _ check: inout SchemaCheck) {
        let place = check.sources.place(of: other.range)
        if owner.destination != other.destination {
            check.add(
                .sharedStore, "destinations `\(other.destination)` and `\(owner.destination)` are the same store",
                at: owner.range, in: Place(),
                notes: [
                    "a URL is one store, and a store belongs to one job", "job `\(other.job)` uses it at \(place)",
                ],
                help: ["give each its own url; `{job}` in it becomes the job's name"])
            return
        }
        let url = root["destinations"]?[owner.destination]?["url"]?.scalar?.text ?? ""
        let path = url.hasSuffix("/") ? String(url.dropLast()) : url
        let isSimple = !url.isEmpty && !url.contains("?") && CredentialNames.ranges(inURL: url).isEmpty
        check.add(
            .sharedStore,
            "jobs `\(other.job)` and `\(owner.job)` would share the store at destination `\(owner.destination)`",
            at: owner.range, in: Place(),
            notes: ["a URL is one store, and a store belongs to one job", "job `\(other.job)` uses it at \(place)"],
            help: ["put `{job}` into its url\(isSimple ? ": `\(path)/{job}`" : "; it becomes the job's name")"])
    }

    /// What tells one store from another: the URL for the job, and the prefix of the objects' names.
    private func store(_ destination: String, _ job: String, _ check: SchemaCheck) -> String? {
        guard let node = root["destinations"]?[destination], let url = node["url"]?.scalar else { return nil }
        let expanded = check.interpolation.expand(url.text)
        guard expanded.problems.isEmpty else { return nil }
        let template = expanded.template.replacing(DestinationSpecification.jobPlaceholder, with: job)
        var text = template.pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .secret(let reference): reference.description
            }
        }.joined()
        while text.hasSuffix("/") { text.removeLast() }
        if text.hasPrefix("file://") { text = String(text.dropFirst("file://".count)) }
        let prefix = node["options"]?["prefix"]?.scalar?.text ?? ""
        return "\(text)\n\(prefix)"
    }

    // MARK: Lists

    private func checkLists(_ job: Node.Entry, _ check: inout SchemaCheck) {
        for key in ["destinations", "reports"] {
            check.refuseRepeated((job.value[key]?.items ?? []).map { $0["ref"] ?? $0 }, "jobs.\(job.key).\(key)")
        }
        check.refuseRepeated(
            (job.value["sources"]?.items ?? []).compactMap { $0["path"] }, "jobs.\(job.key).sources")
    }

    // MARK: Retention and sizes

    private static func checkTiers(_ retention: Node, _ check: inout SchemaCheck) {
        guard let node = retention["tiers"] else { return }
        var tiers: [(period: String, interval: String, range: SourceRange)] = []
        if let text = check.text(node) { tiers = Tiers.words(text).map { ($0.period, $0.interval, node.range) } }
        for item in node.items ?? [] {
            guard let period = item["for"], let text = check.text(period), let every = item["every"].flatMap(check.text)
            else { continue }
            tiers.append((text, every, period.range))
        }
        var before: (word: String, reach: Int64)?
        for (period, interval, range) in tiers {
            guard let tier = Tiers.tier(period, interval) else { continue }
            let reach = tier.period?.fixedSeconds ?? .max
            if let step = tier.interval, step.fixedSeconds > reach {
                check.add(
                    .retentionTiers, "a tier that reaches to \(period) cannot keep a version every \(interval)",
                    at: range, in: Place())
            }
            if let before, reach <= before.reach {
                check.add(
                    .retentionTiers,
                    "the tier of \(period) does not reach further than the tier of \(before.word) before it",
                    at: range, in: Place(), help: ["order the tiers by rising age"])
            }
            before = (period, reach)
        }
    }

    /// Whether a run can keep to its memory, as far as the file tells; a store may have larger blocks.
    private func checkMemory(_ job: Node.Entry, _ check: inout SchemaCheck) {
        guard let node = job.value["limits"]?["memory"], let text = check.text(node),
            let limit = Scalars.size(text)?.bytes, limit >= 96 << 20
        else { return }
        func size(_ node: Node?) -> Int64? { node.flatMap(check.text).flatMap(Scalars.size)?.bytes }
        let options = job.value["options"]
        let names = (job.value["destinations"]?.items ?? []).compactMap { check.text($0["ref"] ?? $0) }
        let usual = size(options?["volume_size"]) ?? 50 << 20
        let volume = names.map { size(root["destinations"]?[$0]?["volume_size"]) ?? usual }.max() ?? usual
        let compression = options?["compression"].flatMap(check.text).flatMap { Compression(parsing: $0) }
        let demand = RunMemory.Demand(
            blockSize: size(options?["block_size"]) ?? 1 << 20, volumeSize: volume,
            packsBest: (compression?.level ?? 0) > 9, stores: names.count)
        guard demand.least > limit else { return }
        check.add(
            .sizesConflict, "a run of jobs.\(job.key) needs more memory than `\(text)`", at: node.range, in: Place(),
            notes: [
                "its blocks have \(ByteCount(demand.blockSize)) and its volumes \(ByteCount(volume))"
                    + (names.count > 1 ? ", and it has \(names.count) destinations" : "")
            ],
            help: ["write `memory: \(demand.leastWritten)`, or a smaller `volume_size`"])
    }

    private static func checkSizes(_ job: Node.Entry, _ check: inout SchemaCheck) {
        guard let options = job.value["options"] else { return }
        let block = options["block_size"].flatMap(check.text).flatMap(Scalars.size)?.bytes ?? 1 << 20
        let volume = options["volume_size"].flatMap(check.text).flatMap(Scalars.size)?.bytes ?? 50 << 20
        guard volume < block, let culprit = options["volume_size"] ?? options["block_size"] else { return }
        check.add(
            .sizesConflict, "volumes of jobs.\(job.key) are smaller than one of its blocks", at: culprit.range,
            in: Place(),
            help: ["make `volume_size` at least ten times `block_size`"])
    }
}

extension SchemaCheck {
    /// The text of a single value with its variables filled in; `nil` when it is none or has problems.
    func text(_ node: Node) -> String? {
        guard let scalar = node.scalar, scalar.value != .null else { return nil }
        let expanded = interpolation.expand(scalar.text)
        return expanded.problems.isEmpty ? expanded.template.text : nil
    }
}
