extension EffectiveValue {
    /// The value in one line of YAML's flow style, without the program's own defaults; secrets are references, and
    /// credentials that are written in place are dots.
    public var flow: String {
        switch content {
        case .mapping(let entries):
            let written = entries.filter { $0.value.origin.kind != .default }
            return "{\(written.map { "\(Self.quoted($0.key)): \($0.value.flow)" }.joined(separator: ", "))}"
        case .list(let items): return "[\(items.map(\.flow).joined(separator: ", "))]"
        case .text, .plain, .hidden: return scalar
        }
    }
}
