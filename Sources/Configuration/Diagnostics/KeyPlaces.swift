/// Where each key of the language belongs, to say so when it stands elsewhere.
enum KeyPlaces {
    /// The place of a key that is known, but not where it was found.
    static func advice(for key: String, at place: Place) -> String? {
        guard let places = known[key], places.count <= 3 else { return nil }
        let words = places.map { $0.isEmpty ? "the top level" : "`\($0)`" }.joined(separator: " or ")
        return "`\(key)` belongs to \(words)"
    }

    private static let known: [String: [String]] = {
        var found: [String: [String]] = [:]
        collect(.object(ConfigurationSchema.root), "", &found)
        return found
    }()

    private static func collect(_ shape: Shape, _ path: String, _ found: inout [String: [String]]) {
        switch shape {
        case .value: return
        case .list(let item, _): collect(item, path, &found)
        case .named(let named): collect(named.value, path.isEmpty ? "NAME" : "\(path).NAME", &found)
        case .oneOf(_, let list, let object):
            if let list { collect(list, path, &found) }
            if let object { collect(.object(object), path, &found) }
        case .object(let object):
            for key in object.keys {
                found[key.name, default: []].append(path)
                collect(key.shape, path.isEmpty ? key.name : "\(path).\(key.name)", &found)
            }
        }
    }
}
