extension Node {
    /// Where each character of a single value is written, and where its end is: one position more than characters.
    ///
    /// Quotes, escapes, folded lines and the indentation of block texts are accounted for. A character that an escape
    /// or a folded line break stands for has the place of that.
    /// - Returns: `nil` for lists and mappings, and for a text that is not written there as it is.
    public func places(in source: SourceText) -> [Int]? {
        guard let scalar else { return nil }
        let text = Array(scalar.text.unicodeScalars)
        var walk = ScalarWalk(text: text, source: source.characters, range.start.index..<range.end.index)
        let isComplete =
            switch scalar.style {
            case .plain: walk.plain()
            case .singleQuoted: walk.singleQuoted()
            case .doubleQuoted: walk.doubleQuoted()
            case .block: walk.block()
            }
        return isComplete ? walk.places + [walk.end] : nil
    }
}

/// Goes through a text and its source side by side.
private struct ScalarWalk {
    let text: [Unicode.Scalar]
    let source: [Unicode.Scalar]
    private(set) var places: [Int] = []
    private var position: Int
    private let limit: Int

    init(text: [Unicode.Scalar], source: [Unicode.Scalar], _ range: Range<Int>) {
        self.text = text
        self.source = source
        position = range.lowerBound
        limit = min(range.upperBound, source.count)
        places.reserveCapacity(text.count + 1)
    }

    /// The position after the last character.
    var end: Int { position }

    private var expected: Unicode.Scalar? { places.count < text.count ? text[places.count] : nil }

    // MARK: Between quotes and without

    mutating func plain() -> Bool {
        while position < limit, expected != nil {
            guard lineEnd() || take() else { return false }
        }
        return expected == nil
    }

    mutating func singleQuoted() -> Bool {
        position += 1
        while position < limit - 1 {
            if source[position] == "'" {
                guard expected == "'" else { return false }
                places.append(position)
                position += 2
            } else {
                guard lineEnd() || take() else { return false }
            }
        }
        return expected == nil
    }

    mutating func doubleQuoted() -> Bool {
        position += 1
        while position < limit - 1 {
            if source[position] == "\\" {
                guard escape() else { return false }
            } else {
                guard lineEnd() || take() else { return false }
            }
        }
        return expected == nil
    }

    /// A character that stands for itself.
    private mutating func take() -> Bool {
        guard let expected, source[position] == expected else { return false }
        places.append(position)
        position += 1
        return true
    }

    /// White space around line breaks, which is a space, or a break less than there are.
    private mutating func lineEnd() -> Bool {
        let (after, breaks) = whiteSpace(from: position)
        guard breaks > 0 else { return false }
        fold(breaks, to: after)
        return true
    }

    private mutating func fold(_ breaks: Int, to after: Int) {
        if breaks == 1 {
            if expected == " " { places.append(position) }
        } else {
            for _ in 1..<breaks where expected == "\n" { places.append(position) }
        }
        position = after
    }

    private func whiteSpace(from start: Int) -> (after: Int, breaks: Int) {
        var index = start
        var breaks = 0
        while index < limit {
            switch source[index] {
            case " ", "\t": break
            case "\n": breaks += index > start && source[index - 1] == "\r" ? 0 : 1
            case "\r": breaks += 1
            default: return (index, breaks)
            }
            index += 1
        }
        return (index, breaks)
    }

    private mutating func escape() -> Bool {
        guard position + 1 < limit else { return false }
        let length: Int
        switch source[position + 1] {
        case "\n", "\r":
            let (after, breaks) = whiteSpace(from: position + 1)
            for _ in 1..<max(breaks, 1) where expected == "\n" { places.append(position) }
            position = after
            return true
        case "x": length = 4
        case "u": length = 6
        case "U": length = 10
        default: length = 2
        }
        guard expected != nil else { return false }
        places.append(position)
        position += length
        return true
    }

    // MARK: Block texts

    mutating func block() -> Bool {
        position = nextLine(position)
        let indentation = indentation()
        while position < limit, expected != nil {
            var skipped = 0
            while skipped < indentation, position < limit, source[position] == " " {
                position += 1
                skipped += 1
            }
            while position < limit, !isBreak(source[position]) {
                // White space on lines that hold nothing else may not count.
                guard take() else {
                    guard source[position] == " " || source[position] == "\t" else { return false }
                    position += 1
                    continue
                }
            }
            if expected == "\n" || expected == " " { places.append(position) }
            position = nextLine(position)
        }
        return expected == nil
    }

    /// What every line is indented by: the spaces before the first text in the source less those that belong to it.
    private func indentation() -> Int {
        var index = position
        var spaces = 0
        while index < limit {
            if source[index] == " " { spaces += 1 } else if isBreak(source[index]) { spaces = 0 } else { break }
            index += 1
        }
        let own = text.drop { $0 == "\n" }.prefix { $0 == " " }.count
        return max(0, spaces - own)
    }

    private func nextLine(_ start: Int) -> Int {
        var index = start
        while index < limit, !isBreak(source[index]) { index += 1 }
        if index + 1 < limit, source[index] == "\r", source[index + 1] == "\n" { index += 1 }
        return min(index + 1, limit)
    }

    private func isBreak(_ character: Unicode.Scalar) -> Bool { character == "\n" || character == "\r" }
}
