internal import YAML

/// Lays what a job extends, and `defaults` below that, under every job: mappings merge, single values and lists
/// replace.
struct Layers {
    /// Keys of a job that say something about that job alone.
    static let own: Set<String> = ["extends", "enabled", "description"]

    /// How long a chain of jobs that extend each other may be.
    static let deepest = 16

    private let jobs: [String: Node]
    private let defaults: Node?
    private var complete: [String: Node] = [:]

    private init(_ root: Node) {
        let entries = root["jobs"]?.entries ?? []
        jobs = Dictionary(entries.filter { !Extension.isExtension($0.key) }.map { ($0.key, $0.value) }) { first, _ in
            first
        }
        defaults = root["defaults"].flatMap { $0.entries == nil ? nil : $0 }
    }

    /// The tree with complete jobs.
    ///
    /// What is extended and does not exist is left to the check of names.
    static func applied(to root: Node, _ check: inout SchemaCheck) -> Node {
        guard let entries = root.entries else { return root }
        var layers = Layers(root)
        let merged = entries.map { entry in
            guard entry.key == "jobs", let jobs = entry.value.entries else { return entry }
            let complete = jobs.map { job in
                guard !Extension.isExtension(job.key) else { return job }
                var value = layers.extended(job.key, job.value, within: [], &check)
                if let defaults = layers.defaults {
                    value = layered(value, over: defaults, ConfigurationSchema.defaults)
                }
                return Node.Entry(key: job.key, keyRange: job.keyRange, value: value)
            }
            let value = entry.value.replacingContent(.mapping(complete))
            return Node.Entry(key: entry.key, keyRange: entry.keyRange, value: value)
        }
        return root.replacingContent(.mapping(merged))
    }

    // MARK: Jobs over jobs

    /// A job over the one it extends, and that over its own.
    private mutating func extended(
        _ name: String, _ job: Node, within names: [String], _ check: inout SchemaCheck
    ) -> Node {
        if let known = complete[name] { return known }
        guard let place = job["extends"], let base = check.text(place), let below = jobs[base] else { return job }
        let chain = names + [name]
        guard !chain.contains(base) else {
            let circle = chain.drop { $0 != base } + [base]
            // Told once, where the circle is closed; the check goes on with what the job says itself.
            check.add(
                .circular, "job `\(name)` extends itself", at: place.range, in: Place(),
                notes: circle.count > 2 ? [circle.joined(separator: " → ")] : [])
            return job
        }
        guard chain.count < Self.deepest else {
            check.add(
                .limit, "jobs extend each other more than \(Self.deepest) deep", at: place.range, in: Place())
            return job
        }
        let result = Self.layered(
            job, over: extended(base, below, within: chain, &check), ConfigurationSchema.job, leavingOut: Self.own)
        complete[name] = result
        return result
    }

    // MARK: Mappings over mappings

    private static func layered(
        _ node: Node, over base: Node, _ shape: ObjectShape, leavingOut own: Set<String> = []
    ) -> Node {
        // A choice between keys is one value: half of one and half of the other would be a conflict.
        guard !shape.isExclusive, let entries = node.entries, let inherited = base.entries else { return node }
        var merged = entries.map { entry in
            guard let below = base[entry.key], let inner = shape.key(named: entry.key)?.shape else { return entry }
            return Node.Entry(
                key: entry.key, keyRange: entry.keyRange, value: layered(entry.value, over: below, inner))
        }
        let isDecided = entries.contains { shape.alternatives.contains($0.key) }
        merged += inherited.filter { entry in
            node[entry.key] == nil && shape.key(named: entry.key) != nil && !own.contains(entry.key)
                && !(isDecided && shape.alternatives.contains(entry.key))
        }
        return node.replacingContent(.mapping(merged))
    }

    private static func layered(_ node: Node, over base: Node, _ shape: Shape) -> Node {
        switch shape {
        case .object(let object): layered(node, over: base, object)
        case .oneOf(_, _, let object?): layered(node, over: base, object)
        case .named(let named): layered(node, over: base, named)
        default: node
        }
    }

    private static func layered(_ node: Node, over base: Node, _ shape: NamedShape) -> Node {
        guard let entries = node.entries, let inherited = base.entries else { return node }
        let merged = entries.map { entry in
            guard let below = base[entry.key] else { return entry }
            return Node.Entry(
                key: entry.key, keyRange: entry.keyRange, value: layered(entry.value, over: below, shape.value))
        }
        return node.replacingContent(.mapping(merged + inherited.filter { node[$0.key] == nil }))
    }
}
