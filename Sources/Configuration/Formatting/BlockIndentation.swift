internal import YAML

/// Two spaces a level, also for lists below a key.
enum BlockIndentation {
    private static let step = 2

    /// The lines with their new indentation; `nil` for files with explicit keys (`? key`), which are left as they are.
    static func apply(_ tree: EditedTree) -> [[Unicode.Scalar]]? {
        var layout = Layout(tree: tree)
        guard layout.place(tree.root, at: 0) else { return nil }
        return layout.lines()
    }

    private struct Layout {
        let tree: EditedTree
        /// What each line is indented by, as far as something begins there.
        private var indents: [Int: Int] = [:]
        /// How far the lines move on which a value goes on.
        private var shifts: [Int: Int] = [:]
        /// What stands between the dash and the beginning of an item, by line: the column of the dash, and of the item.
        private var gaps: [Int: [(dash: Int, item: Int)]] = [:]

        init(tree: EditedTree) { self.tree = tree }

        mutating func place(_ node: Node, at column: Int) -> Bool {
            guard node.alias == nil, !node.isFlow else { return true }
            switch node.content {
            case .scalar: return true
            case .mapping(let entries): return placeMapping(entries, node, at: column)
            case .sequence(let items): return placeList(items, node, at: column)
            }
        }

        private mutating func placeMapping(_ entries: [Node.Entry], _ node: Node, at column: Int) -> Bool {
            for entry in entries {
                // What `<<` brings in is written elsewhere.
                guard node.range.start.index <= entry.keyRange.start.index,
                    entry.keyRange.end.index <= node.range.end.index
                else { continue }
                let line = entry.keyRange.start.line
                let before = tree.lines[line - 1].prefix(entry.keyRange.start.column - 1)
                guard before.allSatisfy({ $0 == " " || $0 == "-" }) else { return false }
                if !before.contains("-") { indents[line] = column }
                let shift = column - (entry.keyRange.start.column - 1)
                guard placeValue(entry.value, of: line, shift: shift, below: column) else { return false }
            }
            return true
        }

        /// A value after its key or dash on a line.
        private mutating func placeValue(_ value: Node, of line: Int, shift: Int, below column: Int) -> Bool {
            if value.alias == nil, value.scalar == nil, !value.isFlow {
                // A block that begins on the line of a key does not exist; on that of a dash the list deals with it.
                guard value.range.start.line > line else { return false }
                return place(value, at: column + step)
            }
            let end = (value.alias ?? value.range).end
            let last = end.column == 1 && end.line > line ? end.line - 1 : end.line
            for number in line..<max(line, last) + 1 where number > line { shifts[number] = shift }
            return true
        }

        private mutating func placeList(_ items: [Node], _ node: Node, at column: Int) -> Bool {
            let dash = node.range.start.column - 1
            let starts = dashes(dash, node.range, items)
            guard starts.count == items.count else { return false }
            for (line, item) in zip(starts, items) {
                let before = tree.lines[line - 1].prefix(dash)
                guard before.allSatisfy({ $0 == " " || $0 == "-" }) else { return false }
                if !before.contains("-") { indents[line] = column }
                let isBlock = item.alias == nil && item.scalar == nil && !item.isFlow
                if isBlock, item.range.start.line == line {
                    let start = item.range.start.column - 1
                    guard tree.lines[line - 1][(dash + 1)..<start].allSatisfy({ $0 == " " }) else { return false }
                    gaps[line, default: []].append((dash, start))
                    guard place(item, at: column + step) else { return false }
                } else {
                    guard placeValue(item, of: line, shift: column - dash, below: column) else { return false }
                }
            }
            return true
        }

        /// The lines on which the items of a list begin.
        private func dashes(_ column: Int, _ range: SourceRange, _ items: [Node]) -> [Int] {
            var inside: Set<Int> = []
            for item in items where item.alias == nil {
                guard item.range.end.line > item.range.start.line else { continue }
                inside.formUnion(item.range.start.line + 1...item.range.end.line)
                // A block text ends at the beginning of the line after it, which may be the next item's.
                if item.range.end.column <= column + 1 { inside.remove(item.range.end.line) }
            }
            return (range.start.line...range.end.line).filter { number in
                guard number <= tree.lines.count else { return false }
                let line = tree.lines[number - 1]
                guard !inside.contains(number), line.count > column, line[column] == "-" else { return false }
                let isFirst = number == range.start.line || line[..<column].allSatisfy { $0 == " " }
                return isFirst && (line.count == column + 1 || line[column + 1] == " ")
            }
        }

        // MARK: Lines

        func lines() -> [[Unicode.Scalar]] {
            tree.lines.indices.map { line(at: $0 + 1) }
        }

        private func line(at number: Int) -> [Unicode.Scalar] {
            var line = tree.lines[number - 1]
            let old = line.prefix { $0 == " " }.count
            guard old < line.count else { return line }
            // From the last gap to the first, so that columns stay true.
            for gap in (gaps[number] ?? []).sorted(by: { $0.dash > $1.dash }) {
                line.replaceSubrange(gap.dash + 1..<gap.item, with: [" "])
            }
            let indent: Int
            if let own = indents[number] {
                indent = own
            } else if let shift = shifts[number] {
                indent = old + shift
            } else if line[old] == "#" {
                indent = commentIndent(number, old)
            } else {
                return line
            }
            return Array(repeating: " ", count: max(0, indent)) + line[old...]
        }

        /// A comment stays with the line below it, or with the one above it that has its indentation.
        private func commentIndent(_ number: Int, _ old: Int) -> Int {
            let below = (number..<tree.lines.count).map { $0 + 1 }.first { indents[$0] != nil }
            let above = (1..<number).reversed().first { indents[$0] != nil && oldIndent($0) == old }
            if let below, let indent = indents[below], oldIndent(below) == old { return indent }
            if let above, let indent = indents[above] { return indent }
            return below.flatMap { below in indents[below].map { old + $0 - oldIndent(below) } } ?? old
        }

        private func oldIndent(_ number: Int) -> Int { tree.lines[number - 1].prefix { $0 == " " }.count }
    }
}
