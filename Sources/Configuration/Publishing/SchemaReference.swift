/// The language as tables: every key with what it takes, what it is for, and what holds without it.
public enum SchemaReference {
    /// The page in Markdown.
    public static func markdown() -> String {
        var pages = SchemaTables()
        pages.add(ConfigurationSchema.root, title: "The file", path: "")
        return pages.text
    }
}

/// Collects one table for each mapping of the language.
private struct SchemaTables {
    private static let head = """
        # Configuration reference

        <!-- Written by `dunnage config reference`. The words are those of the program's own table of keys. -->

        Every key of the configuration, as this version reads it. What the keys do together, and how values are written, is
        in [configuration](configuration.md). `dunnage config schema` prints the same as a JSON Schema for editors; it is
        also in the repository, as [`schema/backup.v1.json`](../schema/backup.v1.json).

        A key that is *not acted on yet* is checked like any other, and `dunnage validate` and `dunnage run` warn of it
        (W110): this version does not do what it says.
        """

    private var sections: [String] = [Self.head]
    private var shared: [ObjectShape] = []

    var text: String {
        let tables = shared.map { Self.table("In several places: \($0.name.map { "`\($0)`" } ?? "")", $0) }
        return (sections + tables).joined(separator: "\n\n") + "\n"
    }

    mutating func add(_ object: ObjectShape, title: String, path: String) {
        sections.append(Self.table(title, object))
        for key in object.keys {
            let place = path.isEmpty ? key.name : "\(path).\(key.name)"
            // The same keys stand in a job.
            if place != "defaults" { addInner(key.shape, place) }
        }
    }

    private mutating func addInner(_ shape: Shape, _ path: String, each: Bool = false) {
        switch shape {
        case .value: break
        case .list(let item, _): addInner(item, path, each: true)
        case .named(let named): addInner(named.value, "\(path).NAME")
        case .oneOf(_, let list, let object):
            if let object { addInner(.object(object), path, each: each) }
            if list.map({ Self.isSame($0, object) }) == false, let list { addInner(list, path) }
        case .object(let object):
            guard object.name == nil else {
                if !shared.contains(where: { $0.name == object.name }) {
                    shared.append(object)
                    for key in object.keys { addInner(key.shape, "\(path).\(key.name)") }
                }
                return
            }
            add(object, title: "`\(path)`" + (each ? ", each" : "") + Self.remark(path), path: path)
        }
    }

    /// Whether a list is one of the mappings that may also stand alone.
    private static func isSame(_ list: Shape, _ object: ObjectShape?) -> Bool {
        guard case .list(.object(let item), _) = list, let object else { return false }
        return item.keys.map(\.name) == object.keys.map(\.name)
    }

    private static func remark(_ path: String) -> String {
        guard path == "jobs.NAME" else { return "" }
        let common = Set(ConfigurationSchema.defaults.keys.map(\.name))
        let own = ConfigurationSchema.job.keys.map(\.name).filter { !common.contains($0) }
        return "; in `defaults` all but \(own.map { "`\($0)`" }.joined(separator: ", "))"
    }

    private static func table(_ title: String, _ object: ObjectShape) -> String {
        var lines = ["## \(title)", ""]
        let names = object.alternatives.map { "`\($0)`" }.joined(separator: ", ")
        if object.isExclusive { lines += ["Exactly one of these keys.", ""] }
        if object.needsAlternative {
            lines += ["Exactly one of \(names).", ""]
        } else if object.alternatives.count > 1 {
            lines += ["At most one of \(names).", ""]
        }
        lines += ["| Key | Value | Meaning | When absent |", "| --- | --- | --- | --- |"]
        for key in object.keys {
            let absent = key.isRequired ? "**required**" : key.absent ?? ""
            let pending = key.isPending ? " *Not acted on yet.*" : ""
            lines.append("| `\(key.name)` | \(noun(key.shape)) | \(key.summary)\(pending) | \(absent) |")
        }
        return lines.joined(separator: "\n")
    }

    private static func noun(_ shape: Shape) -> String {
        switch shape {
        case .list(let item, _): return "a list; each \(noun(item))"
        case .named(let named): return "a mapping by \(named.noun) name"
        case .object(let object): return object.name.map { "`\($0)`, a mapping" } ?? "a mapping"
        case .value(let kind): return kind.noun
        case .oneOf(let value, let list, let object):
            let choices = [value?.noun, list.map { noun($0) }, object.map { noun(.object($0)) }].compactMap { $0 }
            return choices.joined(separator: " or ")
        }
    }
}
