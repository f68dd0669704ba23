internal import YAML

extension SchemaCheck {
    /// Checks what the keys of a mapping ask of each other.
    mutating func checkCompany(_ node: Node, _ entries: [Node.Entry], _ object: ObjectShape, at place: Place) {
        for entry in entries {
            guard let needed = object.companions[entry.key], node[needed] == nil else { continue }
            add(
                .missingKey, "`\(entry.key)` needs `\(needed)` in \(place.name)", at: entry.keyRange, in: place,
                help: ["\(object.key(named: needed)?.advice ?? "add `\(needed)`"), or remove it"])
        }
        guard let variants = object.variants, let decisive = node[variants.key], let value = text(decisive),
            let (required, allowed) = variants.values[value]
        else { return }
        for key in required where node[key] == nil {
            add(
                .missingKey, "\(place.name) needs `\(key)` beside `\(variants.key): \(value)`", at: decisive.range,
                in: place, help: object.key(named: key)?.advice.map { [$0] } ?? [], subject: key)
        }
        let fitting = Set(required + allowed)
        for entry in entries where variants.governed.contains(entry.key) && !fitting.contains(entry.key) {
            add(
                .conflictingKeys, "`\(entry.key)` means nothing beside `\(variants.key): \(value)` in \(place.name)",
                at: entry.keyRange, in: place, help: ["remove it"])
        }
    }
}
