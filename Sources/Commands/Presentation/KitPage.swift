/// A document that is printed: what stands on it, whatever it is made for.
struct KitPage {
    /// A part of it.
    enum Block {
        /// A heading; 1 is a chapter.
        case heading(Int, String)
        /// A text.
        case text(String)
        /// A text that must not be overlooked.
        case warning(String)
        /// Short texts, one below the other.
        case list([String])
        /// Names and what they are.
        case facts([(name: String, value: String)])
        /// Rows below a heading.
        case table([[String]])
        /// What is typed, or pasted.
        case commands(String)
        /// Room to write by hand.
        case blanks([String])
    }

    let title: String
    var blocks: [Block] = []

    mutating func heading(_ level: Int, _ text: String) { blocks.append(.heading(level, text)) }
    mutating func text(_ text: String) { blocks.append(.text(text)) }
    mutating func commands(_ text: String) { blocks.append(.commands(text)) }
}

/// A page as plain text.
struct KitPageText {
    private static let width = 78
    private(set) var lines: [String] = []

    init(_ page: KitPage) {
        let title = PrintableText.escaped(page.title).uppercased()
        lines = [title, String(repeating: "=", count: PrintableText.width(title))]
        for block in page.blocks { add(block) }
    }

    private mutating func add(_ block: KitPage.Block) {
        lines.append("")
        switch block {
        case .heading(let level, let text):
            if level < 3 { lines.append("") }
            let text = PrintableText.escaped(text)
            lines.append(text)
            lines.append(String(repeating: level == 1 ? "=" : "-", count: PrintableText.width(text)))
        case .text(let text): lines += Self.wrapped(text)
        case .warning(let text): lines += Self.wrapped(text, lead: "!! ", margin: "!! ")
        case .list(let items): for item in items { lines += Self.wrapped(item, lead: "- ", margin: "  ") }
        case .facts(let facts):
            let width = facts.map { PrintableText.width($0.name) }.max() ?? 0
            for fact in facts {
                let padding = String(repeating: " ", count: width - PrintableText.width(fact.name))
                lines.append("\(PrintableText.escaped(fact.name))\(padding)  \(PrintableText.escaped(fact.value))")
            }
        case .table(let rows):
            guard let heading = rows.first else { return }
            var table = Table(heading.map { ($0, .left) })
            for row in rows.dropFirst() { table.add(row) }
            lines += table.lines
        // What is typed is the only thing with this margin, so that it can be told from the rest.
        case .commands(let text):
            lines += text.split(separator: "\n", omittingEmptySubsequences: false).map {
                $0.isEmpty ? "" : "    \($0)"
            }
        case .blanks(let names):
            for (index, name) in names.enumerated() {
                if index > 0 { lines.append("") }
                let name = PrintableText.escaped(name)
                lines.append(name + ": " + String(repeating: "_", count: max(20, Self.width - name.count - 2)))
            }
        }
    }

    private static func wrapped(_ text: String, lead: String = "", margin: String = "") -> [String] {
        var lines: [String] = []
        var line = lead
        var isFresh = true
        for word in PrintableText.escaped(text).split(separator: " ") {
            if !isFresh, PrintableText.width(line) + 1 + PrintableText.width(String(word)) > width {
                lines.append(line)
                line = margin
                isFresh = true
            }
            line += isFresh ? String(word) : " \(word)"
            isFresh = false
        }
        return lines + [line]
    }
}

/// A page as one HTML document that needs nothing else, and is meant for A4.
struct KitPageHTML {
    private(set) var lines: [String] = []

    init(_ page: KitPage) {
        let title = Self.escaped(page.title)
        lines = [
            "<!DOCTYPE html>", "<html lang=\"en\">", "<head>", "<meta charset=\"utf-8\">", "<title>\(title)</title>",
            "<style>", Self.style, "</style>", "</head>", "<body>", "<h1>\(title)</h1>",
        ]
        for block in page.blocks { add(block) }
        lines += ["</body>", "</html>"]
    }

    private mutating func add(_ block: KitPage.Block) {
        switch block {
        case .heading(let level, let text): lines.append("<h\(level + 1)>\(Self.escaped(text))</h\(level + 1)>")
        case .text(let text): lines.append("<p>\(Self.escaped(text))</p>")
        case .warning(let text): lines.append("<p class=\"warning\">\(Self.escaped(text))</p>")
        case .list(let items): lines.append("<ul>\(items.map { "<li>\(Self.escaped($0))</li>" }.joined())</ul>")
        case .facts(let facts):
            lines.append("<table class=\"facts\">")
            lines += facts.map { "<tr><th>\(Self.escaped($0.name))</th><td>\(Self.escaped($0.value))</td></tr>" }
            lines.append("</table>")
        case .table(let rows):
            lines.append("<table>")
            for (index, row) in rows.enumerated() {
                let tag = index == 0 ? "th" : "td"
                lines.append("<tr>\(row.map { "<\(tag)>\(Self.escaped($0))</\(tag)>" }.joined())</tr>")
            }
            lines.append("</table>")
        case .commands(let text): lines.append("<pre>\(Self.marked(text))</pre>")
        case .blanks(let names):
            lines.append("<table class=\"blanks\">")
            lines += names.map { "<tr><th>\(Self.escaped($0))</th><td></td></tr>" }
            lines.append("</table>")
        }
    }

    private static func escaped(_ text: String) -> String { marked(PrintableText.escaped(text)) }

    private static func marked(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }

    private static let style = """
        @page { size: A4; margin: 16mm 15mm }
        body { font: 10.5pt/1.4 sans-serif; color: #000; background: #fff; max-width: 180mm; margin: 0 auto }
        h1 { font-size: 19pt; margin: 0 0 4mm } h2 { font-size: 14pt; margin: 9mm 0 2mm; border-bottom: .4mm solid }
        h3 { font-size: 12pt; margin: 6mm 0 2mm } h4 { font-size: 10.5pt; margin: 4mm 0 1mm }
        h2, h3, h4 { break-after: avoid }
        p, ul { margin: 0 0 2.5mm } .warning { border: .6mm solid; padding: 2mm 3mm; font-weight: bold }
        table { border-collapse: collapse; margin: 0 0 3mm; width: 100% }
        th, td { text-align: left; vertical-align: top; padding: .8mm 3mm .8mm 0; border-bottom: .1mm solid #999 }
        .facts th, .blanks th { white-space: nowrap; width: 1%; font-weight: normal; color: #333 }
        td { overflow-wrap: anywhere } .blanks td { border-bottom: .3mm solid; height: 9mm }
        .blanks th { vertical-align: bottom; border: 0 }
        pre { font: 9pt/1.45 monospace; border: .2mm solid #777; padding: 2mm; margin: 0 0 3mm; \
        white-space: pre-wrap; overflow-wrap: anywhere; break-inside: avoid }
        """
}
