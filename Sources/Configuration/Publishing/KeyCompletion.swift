/// What may follow the beginning of `path=value`, for shells.
public enum KeyCompletion {
    /// Completes the last step of a path, or the value behind it.
    /// - Parameters:
    ///   - written: what is written so far: `jobs.photos.opt`.
    ///   - names: the names that a section of the file has: those of `jobs`, `destinations`, `secrets` and so on.
    /// - Returns: whole texts that begin with what is written. A key that takes a value ends with `=`, one that leads on
    ///   with a dot.
    public static func candidates(for written: String, names: (_ section: String) -> [String]) -> [String] {
        if let equals = written.firstIndex(of: "=") {
            let path = written[..<equals]
            guard let shape = shape(at: path.split(separator: ".")[...]), let kind = value(of: shape) else { return [] }
            return kind.form.words.map { "\(path)=\($0)" }.filter { $0.hasPrefix(written) }
        }
        let steps = written.split(separator: ".", omittingEmptySubsequences: false)
        let known = steps.dropLast().filter { !$0.isEmpty }
        guard let shape = shape(at: known[...]) else { return [] }
        let head = known.map { "\($0)." }.joined()
        return next(shape, in: known.first.map(String.init), names).map { head + $0 }.filter { $0.hasPrefix(written) }
    }

    private static func next(_ shape: Shape, in section: String?, _ names: (String) -> [String]) -> [String] {
        switch shape {
        case .object(let object), .oneOf(_, _, let object?):
            object.keys.map { key in key.name + (leadsOn(key.shape) ? "." : "=") }
        case .named: section.map { names($0).map { "\($0)." } } ?? []
        default: []
        }
    }

    private static func leadsOn(_ shape: Shape) -> Bool {
        switch shape {
        case .object, .named, .oneOf(nil, nil, _): true
        default: false
        }
    }

    /// The shape that a path leads to from the top level.
    private static func shape(at path: ArraySlice<Substring>) -> Shape? {
        path.reduce(Shape.object(ConfigurationSchema.root)) { (shape: Shape?, step) in
            switch shape {
            case .object(let object)?, .oneOf(_, _, let object?)?: object.key(named: String(step))?.shape
            case .named(let named)?: named.value
            default: nil
            }
        }
    }

    private static func value(of shape: Shape) -> ValueKind? {
        switch shape {
        case .value(let kind), .oneOf(let kind?, _, _): kind
        default: nil
        }
    }
}
