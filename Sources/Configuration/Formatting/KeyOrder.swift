internal import YAML

/// The order of keys: that of the reference in the documentation.
///
/// Names keep the order of the file.
enum KeyOrder {
    /// The lines in order.
    ///
    /// A key takes along the comments directly above it; keys that begin with `x-` stay before the key that they stood
    /// before.
    static func apply(_ tree: EditedTree) -> [[Unicode.Scalar]]? {
        let order = KeyOrderWalk(tree: tree).order(
            tree.root, .object(ConfigurationSchema.root), 1...max(1, tree.lines.count))
        return order.map { tree.lines[$0 - 1] }
    }
}

private struct KeyOrderWalk {
    let tree: EditedTree

    /// The numbers of the lines of a value in their new order.
    func order(_ node: Node, _ shape: Shape, _ lines: ClosedRange<Int>) -> [Int] {
        guard node.alias == nil, !node.isFlow else { return Array(lines) }
        switch (shape, node.content) {
        case (.object(let object), .mapping(let entries)): return ordered(entries, object, lines)
        case (.oneOf(_, _, .some(let object)), .mapping(let entries)): return ordered(entries, object, lines)
        case (.named(let named), .mapping(let entries)):
            guard let segments = segments(entries, lines) else { return Array(lines) }
            return segments.head
                + segments.all.flatMap { segment in
                    (segment.pause.map { [$0] } ?? []) + inner(segment, named.value)
                }
        default: return Array(lines)
        }
    }

    private func ordered(_ entries: [Node.Entry], _ object: ObjectShape, _ lines: ClosedRange<Int>) -> [Int] {
        guard let segments = segments(entries, lines) else { return Array(lines) }
        let names = object.keys.map { $0.name }
        var rank = names.count
        var ranked: [(rank: Int, segment: Segment)] = []
        for segment in segments.all.reversed() {
            rank = names.firstIndex(of: segment.entry.key) ?? rank
            ranked.append((rank, segment))
        }
        let sorted = ranked.reversed().enumerated().sorted {
            ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset)
        }
        var result = segments.head
        for (index, item) in sorted.enumerated() {
            let segment = item.element.segment
            // What was first had no pause before it, and gets one where others have one.
            let pause = item.offset == 0 ? segments.all.compactMap { $0.pause }.first : segment.pause
            if index > 0, let pause { result.append(pause) }
            let shape = object.key(named: segment.entry.key)?.shape
            result += shape.map { inner(segment, $0) } ?? Array(segment.lines)
        }
        return result
    }

    private func inner(_ segment: Segment, _ shape: Shape) -> [Int] {
        let value = segment.entry.value
        let first = segment.entry.keyRange.start.line + 1
        guard value.scalar == nil, value.range.start.line >= first, first <= segment.lines.upperBound else {
            return Array(segment.lines)
        }
        return Array(segment.lines.lowerBound..<first) + order(value, shape, first...segment.lines.upperBound)
    }

    // MARK: Segments

    /// An entry with all its lines: the comments above it, and everything up to the next entry.
    private struct Segment {
        let entry: Node.Entry
        let lines: ClosedRange<Int>
        /// The empty line before it, if there is one.
        let pause: Int?
    }

    /// The lines of each entry, unless two share one or an entry does not begin its line.
    private func segments(_ entries: [Node.Entry], _ lines: ClosedRange<Int>) -> (head: [Int], all: [Segment])? {
        // What `<<` brings in is written elsewhere.
        let own = entries.filter { lines.contains($0.keyRange.start.line) }
        guard own.count == entries.count, !own.isEmpty else { return nil }
        var starts: [Int] = []
        var last = lines.lowerBound - 1
        for entry in own {
            let line = entry.keyRange.start.line
            guard isFirst(entry), line > last else { return nil }
            starts.append(start(line, after: last))
            last = line
        }
        var all: [Segment] = []
        for (index, entry) in own.enumerated() {
            let pause = starts[index] - 1
            let isPause = index > 0 && pause > own[index - 1].keyRange.start.line && isEmpty(pause)
            var end = lines.upperBound
            if index + 1 < starts.count {
                let next = starts[index + 1] - 1
                end = next > entry.keyRange.start.line && isEmpty(next) ? next - 1 : next
            }
            all.append(Segment(entry: entry, lines: starts[index]...end, pause: isPause ? pause : nil))
        }
        return (Array(lines.lowerBound..<starts[0]), all)
    }

    private func isFirst(_ entry: Node.Entry) -> Bool {
        let line = tree.lines[entry.keyRange.start.line - 1]
        return line.prefix(entry.keyRange.start.column - 1).allSatisfy { $0 == " " }
    }

    /// The first of the comment lines directly above a line.
    private func start(_ line: Int, after other: Int) -> Int {
        var start = line
        while start - 1 > other, isComment(start - 1) { start -= 1 }
        return start
    }

    private func isEmpty(_ line: Int) -> Bool { tree.lines[line - 1].allSatisfy { $0 == " " || $0 == "\t" } }

    private func isComment(_ line: Int) -> Bool {
        tree.lines[line - 1].first { $0 != " " && $0 != "\t" } == "#"
    }
}
