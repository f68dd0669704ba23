internal import Configuration
internal import Secrets

/// Finds what differs between two trees of effective values.
///
/// What the program does by itself does not count as written: a value that says what holds anyway changes nothing.
enum ValueDifference {
    /// The changes from one value to another.
    /// - Parameters:
    ///   - old: what was; nil when there was nothing.
    ///   - new: what is; nil when there is nothing any more.
    ///   - path: where both stand; empty for the whole.
    /// - Returns: a change for each single value and each item of a list.
    static func changes(_ old: EffectiveValue?, _ new: EffectiveValue?, at path: String = "") -> [PlanChange] {
        switch (old?.content, new?.content) {
        case (.mapping?, .mapping?), (.mapping?, nil), (nil, .mapping?): return entries(old, new, path)
        case (.list(let before)?, .list(let after)?): return items(before, after, path)
        default: break
        }
        if let old, let new, isSame(old, new) { return [] }
        let before = old.flatMap { shown($0, isAlone: new == nil) }
        let after = new.flatMap { shown($0, isAlone: old == nil) }
        guard before != nil || after != nil else { return [] }
        return [PlanChange(path: path, old: before, new: after, origin: new?.origin)]
    }

    /// The value in one line; nothing for a default that has no counterpart.
    private static func shown(_ value: EffectiveValue, isAlone: Bool) -> String? {
        isAlone && value.origin.kind == .default ? nil : value.flow
    }

    private static func isSame(_ old: EffectiveValue, _ new: EffectiveValue) -> Bool {
        switch (old.content, new.content) {
        // These look the same when they are not.
        case (.hidden(let before, let digest), .hidden(let after, let other)): before == after && digest == other
        // What a service has kept of its configuration has dots in place of it.
        case (.text, .hidden(let shown, _)): text(old) == shown
        case (.hidden, _), (_, .hidden): false
        default: text(old) == text(new)
        }
    }

    /// The value without the quotes that tell `1` from `"1"`: both mean the same where both are taken.
    private static func text(_ value: EffectiveValue) -> String {
        if case .plain(let text) = value.content { return text }
        if case .text(let template) = value.content, let text = template.text { return text }
        return value.flow
    }

    private static func entries(_ old: EffectiveValue?, _ new: EffectiveValue?, _ path: String) -> [PlanChange] {
        let names = keys(new) + keys(old).filter { new?[$0] == nil }
        return names.flatMap { changes(old?[$0], new?[$0], at: path.isEmpty ? $0 : "\(path).\($0)") }
    }

    private static func keys(_ value: EffectiveValue?) -> [String] {
        guard case .mapping(let entries)? = value?.content else { return [] }
        return entries.map(\.key)
    }

    /// The items that came and went; one that went where one came became that one.
    private static func items(_ old: [EffectiveValue], _ new: [EffectiveValue], _ path: String) -> [PlanChange] {
        let difference = new.map(Key.init).difference(from: old.map(Key.init))
        var gone = Set<Int>()
        for case .remove(let offset, _, _) in difference { gone.insert(offset) }
        var changes: [PlanChange] = []
        for case .insert(let offset, _, _) in difference {
            let before = gone.remove(offset).map { old[$0].flow }
            let place = "\(path)[\(offset)]"
            changes.append(PlanChange(path: place, old: before, new: new[offset].flow, origin: new[offset].origin))
        }
        changes += gone.sorted().map { PlanChange(path: "\(path)[\($0)]", old: old[$0].flow, new: nil, origin: nil) }
        return changes
    }

    /// An item without where it is written.
    private struct Key: Hashable {
        let text: String
        let digests: [[UInt8]]

        init(_ value: EffectiveValue) {
            text = value.flow
            digests = Self.digests(value)
        }

        private static func digests(_ value: EffectiveValue) -> [[UInt8]] {
            switch value.content {
            case .hidden(_, let digest): [digest]
            case .list(let items): items.flatMap { digests($0) }
            case .mapping(let entries): entries.flatMap { digests($0.value) }
            case .text, .plain: []
            }
        }
    }
}
