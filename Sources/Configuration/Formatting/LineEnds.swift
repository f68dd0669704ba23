internal import YAML

/// White space at the ends of lines, and empty lines in a row.
enum LineEnds {
    /// The lines without it; what belongs to a value over several lines is left alone.
    static func apply(_ tree: EditedTree) -> [[Unicode.Scalar]]? {
        var inside: Set<Int> = []
        collect(tree.root, &inside)
        var result: [[Unicode.Scalar]] = []
        for (index, line) in tree.lines.enumerated() {
            guard !inside.contains(index + 1) else {
                result.append(line)
                continue
            }
            let end = line.lastIndex { $0 != " " && $0 != "\t" }.map { $0 + 1 } ?? 0
            // One empty line is a pause, two are an accident; the first line is never empty.
            if end == 0, result.last?.isEmpty ?? true { continue }
            result.append(Array(line[..<end]))
        }
        while result.last?.isEmpty == true, !inside.contains(tree.lines.count) { result.removeLast() }
        return result
    }

    /// The lines on which a value goes on.
    private static func collect(_ node: Node, _ inside: inout Set<Int>) {
        switch node.content {
        case .scalar(let scalar):
            let range = node.range
            guard range.end.line > range.start.line else { return }
            // A block text ends at the beginning of the line after it; all its lines may have white space that counts.
            let last = scalar.style == .block && range.end.column == 1 ? range.end.line - 1 : range.end.line
            inside.formUnion(range.start.line...max(last, range.start.line))
        case .sequence(let items): for item in items { collect(item, &inside) }
        case .mapping(let entries): for entry in entries { collect(entry.value, &inside) }
        }
    }
}
