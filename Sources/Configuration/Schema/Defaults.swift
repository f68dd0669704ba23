internal import YAML

/// Lays `defaults` under every job: mappings merge, single values and lists replace.
enum Defaults {
    /// The file's tree with complete jobs.
    static func applied(to root: Node) -> Node {
        guard let entries = root.entries, let defaults = root["defaults"], defaults.entries != nil else { return root }
        let merged = entries.map { entry in
            guard entry.key == "jobs", let jobs = entry.value.entries else { return entry }
            let complete = jobs.map { job in
                guard !Extension.isExtension(job.key) else { return job }
                let value = layered(job.value, over: defaults, ConfigurationSchema.defaults)
                return Node.Entry(key: job.key, keyRange: job.keyRange, value: value)
            }
            let value = replacing(entry.value, with: complete)
            return Node.Entry(key: entry.key, keyRange: entry.keyRange, value: value)
        }
        return replacing(root, with: merged)
    }

    private static func layered(_ node: Node, over base: Node, _ shape: ObjectShape) -> Node {
        // A choice between keys is one value: half of one and half of the other would be a conflict.
        guard !shape.isExclusive, let own = node.entries, let inherited = base.entries else { return node }
        var entries = own.map { entry in
            guard let below = base[entry.key], let inner = objectShape(shape.key(named: entry.key)?.shape) else {
                return entry
            }
            let value = layered(entry.value, over: below, inner)
            return Node.Entry(key: entry.key, keyRange: entry.keyRange, value: value)
        }
        let isDecided = own.contains { shape.alternatives.contains($0.key) }
        entries += inherited.filter { entry in
            node[entry.key] == nil && shape.key(named: entry.key) != nil
                && !(isDecided && shape.alternatives.contains(entry.key))
        }
        return replacing(node, with: entries)
    }

    private static func objectShape(_ shape: Shape?) -> ObjectShape? {
        switch shape {
        case .object(let object): object
        case .oneOf(_, _, let object): object
        default: nil
        }
    }

    private static func replacing(_ node: Node, with entries: [Node.Entry]) -> Node {
        node.replacingContent(.mapping(entries))
    }
}

/// Keys that belong to the user.
enum Extension {
    /// Whether a key and everything below it is left alone.
    static func isExtension(_ key: String) -> Bool { key.hasPrefix("x-") }
}
