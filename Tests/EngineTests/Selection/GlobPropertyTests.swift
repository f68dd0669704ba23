import TestSupport
import Testing

@testable import Engine

@Suite("Globs against a naive reference")
struct GlobPropertyTests {
    @Test("a compiled glob decides as the recursive definition does", arguments: [UInt64](1...40))
    func agreement(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            let pattern = random.text(from: ["a", "b", "/", "ä", "*", "*", "?", "🙂"], upTo: 9)
            guard !pattern.isEmpty else { continue }
            let filter = FilterSet([FilterRule(.exclude, try FilterExpression(pattern))])
            for _ in 0..<10 {
                let path = random.text(from: ["a", "b", "/", "ä", "🙂", "a"], upTo: 12)
                guard !path.isEmpty else { continue }
                let expected = naiveMatch(Array(pattern.unicodeScalars)[...], Array(path.unicodeScalars)[...])
                let actual = filter.decide(path).ruleIndex == 0
                #expect(actual == expected, "seed \(seed): \(pattern) on \(path)")
            }
        }
    }

    @Test("a glob with many stars does not take exponential time")
    func manyStars() throws {
        let filter = FilterSet([try FilterRule("-" + String(repeating: "*a", count: 60) + "*b")])
        let wild = FilterSet([try FilterRule("-" + String(repeating: "*?a", count: 60) + "*b")])
        let path = String(repeating: "a", count: 4000)
        #expect(filter.decide(path).outcome == .included)
        #expect(wild.decide(path).outcome == .included)
    }
}

/// The definition, one character at a time.
private func naiveMatch(_ pattern: ArraySlice<Unicode.Scalar>, _ path: ArraySlice<Unicode.Scalar>) -> Bool {
    guard let first = pattern.first else { return path.isEmpty }
    if first == "*" {
        return naiveMatch(pattern.dropFirst(), path) || !path.isEmpty && naiveMatch(pattern, path.dropFirst())
    }
    guard let next = path.first, first == "?" || first == next else { return false }
    return naiveMatch(pattern.dropFirst(), path.dropFirst())
}
