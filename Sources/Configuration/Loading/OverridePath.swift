internal import YAML

/// The steps that lead to a value, as a flag or a variable names it.
struct OverridePath {
    /// One step, with the place where it is written.
    struct Step {
        enum Kind {
            /// A key as it stands in the file.
            case key
            /// A key in capitals, where `-` and `.` of a name are `_`.
            case capitals
            /// A position in a list, from 0.
            case index(Int)
        }

        let kind: Kind
        let text: String
        let range: Range<Int>
    }

    let steps: [Step]

    /// Reads `jobs.photos.sources[0].path`; a part in double quotes is one key, whatever it holds.
    init?(dotted text: [Unicode.Scalar]) {
        var steps: [Step] = []
        var index = 0
        while index < text.count {
            if text[index] == "[" {
                guard let close = text[index...].firstIndex(of: "]"),
                    let number = Int(Self.string(text[index + 1..<close])), number >= 0, !steps.isEmpty
                else { return nil }
                steps.append(Step(kind: .index(number), text: "\(number)", range: index..<close + 1))
                index = close + 1
            } else {
                if !steps.isEmpty {
                    guard text[index] == ".", index + 1 < text.count else { return nil }
                    index += 1
                }
                guard let step = Self.key(text, &index) else { return nil }
                steps.append(step)
            }
        }
        guard !steps.isEmpty else { return nil }
        self.steps = steps
    }

    private static func key(_ text: [Unicode.Scalar], _ index: inout Int) -> Step? {
        let start = index
        if text[start] == "\"" {
            guard let close = text[(start + 1)...].firstIndex(of: "\""), close > start + 1 else { return nil }
            index = close + 1
            return Step(kind: .key, text: string(text[start + 1..<close]), range: start + 1..<close)
        }
        index = text[start...].firstIndex { $0 == "." || $0 == "[" } ?? text.count
        guard index > start else { return nil }
        return Step(kind: .key, text: string(text[start..<index]), range: start..<index)
    }

    /// Reads what follows `DUNNAGE__`: steps with two underscores between them.
    /// - Parameters:
    ///   - text: the variable's name from there on.
    ///   - offset: where it begins in the text that diagnostics show.
    init?(variable text: Substring, offset: Int) {
        var steps: [Step] = []
        var start = offset
        for part in text.components(separatedBy: "__") {
            let end = start + part.unicodeScalars.count
            guard !part.isEmpty else { return nil }
            if let number = Int(part), part.allSatisfy(\.isASCII) {
                steps.append(Step(kind: .index(number), text: part, range: start..<end))
            } else {
                steps.append(Step(kind: .capitals, text: part, range: start..<end))
            }
            start = end + 2
        }
        self.steps = steps
    }

    private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    /// A name as it is part of a variable's: capitals, and `_` for what variables cannot have.
    static func capitals(_ name: String) -> String {
        name.uppercased().replacing("-", with: "_").replacing(".", with: "_")
    }
}

extension Substring {
    /// The parts between the separators, leftmost first, empty ones too.
    fileprivate func components(separatedBy separator: String) -> [String] {
        var parts: [String] = []
        var rest = self
        while let found = rest.firstRange(of: separator) {
            parts.append(String(rest[..<found.lowerBound]))
            rest = rest[found.upperBound...]
        }
        return parts + [String(rest)]
    }
}
