internal import YAML

/// Puts the trees of several files together: each adds whole named entries, and nothing replaces anything.
enum SourceMerge {
    /// One tree of all of them; the only one as it is, without its `include`.
    static func merged(_ roots: [Node], _ check: inout SchemaCheck) -> Node? {
        let mappings = roots.filter { $0.entries != nil }
        for root in roots where root.entries == nil {
            check.check(root, .object(ConfigurationSchema.root), at: Place())
        }
        guard let first = mappings.first else { return nil }
        var entries: [Node.Entry] = []
        for root in mappings {
            for entry in root.entries ?? [] where entry.key != ConfigurationSchema.include.name {
                add(entry, to: &entries, &check)
            }
        }
        return first.replacingContent(.mapping(entries))
    }

    private static func add(_ entry: Node.Entry, to entries: inout [Node.Entry], _ check: inout SchemaCheck) {
        let isOurs = !Extension.isExtension(entry.key)
        guard isOurs, let key = ConfigurationSchema.root.key(named: entry.key),
            let index = entries.firstIndex(where: { $0.key == entry.key })
        else { return entries.append(entry) }
        let place = Place().appending(entry)
        if entry.key == "version" {
            // Every file may say which language it is written in.
            check.check(entry.value, key.shape, at: place)
        } else if case .named(let named) = key.shape {
            let before = entries[index]
            guard let own = entry.value.entries, let others = before.value.entries else {
                let isWrong = entry.value.entries == nil
                check.check(isWrong ? entry.value : before.value, key.shape, at: place)
                if !isWrong { entries[index] = entry }
                return
            }
            var all = others
            for item in own {
                if let other = others.first(where: { $0.key == item.key }), !Extension.isExtension(item.key) {
                    twice("\(named.noun) `\(item.key)`", item, other, &check)
                } else {
                    all.append(item)
                }
            }
            let value = before.value.replacingContent(.mapping(all))
            entries[index] = Node.Entry(key: before.key, keyRange: before.keyRange, value: value)
        } else {
            twice("`\(entry.key)`", entry, entries[index], &check)
        }
    }

    private static func twice(_ what: String, _ entry: Node.Entry, _ first: Node.Entry, _ check: inout SchemaCheck) {
        check.add(
            .definedTwice, "\(what) is defined twice", at: entry.keyRange, in: Place(),
            notes: ["first defined at \(check.sources.place(of: first.keyRange))"],
            help: ["keep one of them; files add to each other, and none replaces what another says"])
    }
}
