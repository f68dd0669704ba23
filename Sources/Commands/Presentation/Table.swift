/// Rows of text in aligned columns.
struct Table {
    /// On which side of its column a text stands.
    enum Alignment {
        case left
        case right
    }

    private let alignments: [Alignment]
    private var rows: [[String]]

    /// A table with a heading over each column.
    init(_ columns: [(heading: String, alignment: Alignment)]) {
        alignments = columns.map(\.alignment)
        rows = [columns.map(\.heading)]
    }

    /// Adds a row; what would break a line is escaped.
    mutating func add(_ row: [String]) {
        rows.append(row.map { PrintableText.escaped($0) })
    }

    /// The lines, each without blanks at its end.
    var lines: [String] {
        let widths = alignments.indices.map { column in
            rows.reduce(0) { max($0, PrintableText.width($1[column])) }
        }
        return rows.map { row in
            var line = ""
            for (column, text) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - PrintableText.width(text))
                let isLast = column == row.count - 1
                switch alignments[column] {
                case .right: line += padding + text
                case .left: line += isLast ? text : text + padding
                }
                if !isLast { line += "  " }
            }
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }
    }
}
