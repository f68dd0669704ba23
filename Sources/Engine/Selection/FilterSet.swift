internal import CPosix
internal import Glibc

/// An ordered list of rules, compiled for deciding about many paths.
///
/// The first rule that matches decides. When none does, the path is included, unless the list has only include
/// rules: then files are excluded and folders are traversed. Paths are bytes, and folders end with `/`. A decision
/// allocates nothing and may be asked for from any thread.
public struct FilterSet: Sendable {
    /// The rules, in the order of their evaluation.
    public let rules: [FilterRule]
    private let matchers: [Matcher]
    private let segments: [Segment]
    private let arena: [UInt8]
    private let regularExpressions: [RegularExpression]
    private let hasOnlyIncludes: Bool

    /// Compiles rules; an empty list includes everything.
    public init(_ rules: [FilterRule] = []) {
        var compiler = Compiler()
        for (index, rule) in rules.enumerated() {
            for pattern in rule.expression.patterns { compiler.add(pattern, rule: index, action: rule.action) }
        }
        self.rules = rules
        matchers = compiler.matchers
        segments = compiler.segments
        arena = compiler.arena
        regularExpressions = compiler.regularExpressions
        hasOnlyIncludes = !rules.isEmpty && rules.allSatisfy { $0.action == .include }
    }

    /// Whether there is no rule.
    public var isEmpty: Bool { rules.isEmpty }

    /// Decides about a complete path.
    public func decide(_ path: UnsafeBufferPointer<UInt8>) -> FilterVerdict {
        if let matcher = firstMatch(path) {
            return FilterVerdict(
                outcome: matcher.isInclude ? .included : .excluded, ruleIndex: Int(matcher.ruleIndex))
        }
        guard hasOnlyIncludes else { return FilterVerdict(outcome: .included, ruleIndex: nil) }
        return FilterVerdict(outcome: path.last == UInt8(ascii: "/") ? .traversed : .excluded, ruleIndex: nil)
    }

    /// Decides about a complete path.
    public func decide(_ path: [UInt8]) -> FilterVerdict {
        path.withUnsafeBufferPointer { decide($0) }
    }

    /// Decides about a complete path.
    public func decide(_ path: String) -> FilterVerdict {
        decide(Array(path.utf8))
    }

    /// Says in words which rule decided.
    public func explanation(of verdict: FilterVerdict) -> String {
        switch (verdict.outcome, verdict.ruleIndex) {
        case (.included, let index?): "included by rule \(index + 1): \(rules[index])"
        case (.included, nil): "included: no rule matches"
        case (.excluded, let index?): "excluded by rule \(index + 1): \(rules[index])"
        case (.excluded, nil): "excluded: no include rule matches"
        case (.traversed, _): "looked into but not stored: no include rule matches the folder itself"
        }
    }

    /// Rules that cannot do what they seem to say.
    public var warnings: [FilterWarning] {
        guard let all = matchers.first(where: \.matchesEverything) else { return [] }
        let last = Int(all.ruleIndex)
        var found: [FilterWarning] = []
        let includesBefore = rules[..<last].contains { $0.action == .include }
        // The list "+*.txt, -*" looks right, yet excludes every folder before a text file in it is seen.
        if rules[last].action == .exclude, includesBefore, decide("/folder/").outcome == .excluded {
            found.append(.excludesEveryFolder(rule: last))
        }
        found += (last + 1..<rules.count).map { .unreachable(rule: $0, behind: last) }
        return found
    }

    private func firstMatch(_ path: UnsafeBufferPointer<UInt8>) -> Matcher? {
        guard let base = path.baseAddress, path.count > 0 else { return nil }
        let subject = Subject(base: base, count: path.count)
        return arena.withUnsafeBufferPointer { arena in
            segments.withUnsafeBufferPointer { segments in
                matchers.withUnsafeBufferPointer { matchers in
                    for matcher in matchers {
                        if matcher.regularExpression >= 0 {
                            if regularExpressions[Int(matcher.regularExpression)].matches(path) { return matcher }
                        } else if matcher.matches(subject, segments: segments, arena: arena) {
                            return matcher
                        }
                    }
                    return nil
                }
            }
        }
    }
}

/// Collects the flat tables of a filter set.
private struct Compiler {
    var matchers: [Matcher] = []
    var segments: [Segment] = []
    var arena: [UInt8] = []
    var regularExpressions: [RegularExpression] = []

    mutating func add(_ pattern: FilterExpression.Pattern, rule: Int, action: FilterAction) {
        var matcher = Matcher(ruleIndex: Int32(rule), isInclude: action == .include)
        switch pattern {
        case .regularExpression(let expression):
            matcher.regularExpression = Int32(regularExpressions.count)
            regularExpressions.append(expression)
        case .glob(let glob):
            matcher.hasSingleWildcard = glob.hasSingleWildcard
            matcher.isExact = glob.segments.count == 1
            matcher.prefix = append(glob.segments[0])
            matcher.minimumLength = Int32(glob.segments.reduce(0) { $0 + $1.count })
            matcher.firstByte = decisive(glob.segments[0].first, in: glob)
            matcher.lastByte = decisive(glob.segments[glob.segments.count - 1].last, in: glob)
            matcher.middleStart = Int32(segments.count)
            if let last = glob.segments.last, !matcher.isExact {
                matcher.suffix = append(last)
                let middle = glob.segments[1..<glob.segments.count - 1].filter { !$0.isEmpty }
                for segment in middle { segments.append(append(segment)) }
                matcher.middleCount = Int32(middle.count)
            }
        }
        matchers.append(matcher)
    }

    private mutating func append(_ bytes: [UInt8]) -> Segment {
        defer { arena += bytes }
        return Segment(start: Int32(arena.count), count: Int32(bytes.count))
    }

    private func decisive(_ byte: UInt8?, in glob: Glob) -> Int16 {
        guard let byte, !(glob.hasSingleWildcard && byte == UInt8(ascii: "?")) else { return -1 }
        return Int16(byte)
    }
}
