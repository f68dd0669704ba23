import Testing

@testable import Engine

@Suite("Filter sets")
struct FilterSetTests {
    private func set(_ rules: String...) throws -> FilterSet {
        FilterSet(try rules.map { try FilterRule($0) })
    }

    @Test("without rules everything is included")
    func empty() {
        #expect(FilterSet().decide("/a").outcome == .included)
        #expect(FilterSet().decide("/a/").outcome == .included)
        #expect(FilterSet().isEmpty)
    }

    @Test("the first rule that matches decides")
    func order() throws {
        let filter = try set("+*/keep.tmp", "-*.tmp", "+*.tmp")
        #expect(filter.decide("/a/keep.tmp") == FilterVerdict(outcome: .included, ruleIndex: 0))
        #expect(filter.decide("/a/b.tmp") == FilterVerdict(outcome: .excluded, ruleIndex: 1))
        #expect(filter.decide("/a/b.txt") == FilterVerdict(outcome: .included, ruleIndex: nil))
    }

    @Test("with includes alone other files are excluded, and folders are looked into")
    func onlyIncludes() throws {
        let filter = try set("+*.txt", "+/home/u/")
        #expect(filter.decide("/a/b.txt").outcome == .included)
        #expect(filter.decide("/a/b.md").outcome == .excluded)
        #expect(filter.decide("/a/").outcome == .traversed)
        #expect(filter.decide("/home/u/").outcome == .included)
    }

    @Test("one exclude in the list makes include the default")
    func mixed() throws {
        let filter = try set("+*.txt", "-/never")
        #expect(filter.decide("/a/b.md").outcome == .included)
        #expect(filter.decide("/a/").outcome == .included)
    }

    @Test("a decision can be explained")
    func explanations() throws {
        let filter = try set("-*.tmp", "+*/a.md")
        func explain(_ path: String, _ filter: FilterSet) -> String { filter.explanation(of: filter.decide(path)) }
        #expect(explain("/x.tmp", filter) == "excluded by rule 1: -*.tmp")
        #expect(explain("/x/a.md", filter) == "included by rule 2: +*/a.md")
        #expect(explain("/x", filter) == "included: no rule matches")
        #expect(explain("/x", try set("+/a")) == "excluded: no include rule matches")
        #expect(explain("/x/", try set("+/a")).hasPrefix("looked into"))
    }

    @Test("rules behind one that matches everything are warned about")
    func unreachable() throws {
        #expect(try set("-*", "+*.txt").warnings == [.unreachable(rule: 1, behind: 0)])
        #expect(try set("+*.txt", "-*").warnings == [.excludesEveryFolder(rule: 1)])
        #expect(try set("+*/", "+*.txt", "-*").warnings.isEmpty)
        #expect(try set("-*.txt").warnings.isEmpty)
    }

    @Test("paths that are not text are decided about as well")
    func bytes() throws {
        let filter = try set("-*.tmp", "-/a?b", "-[/x/.*]")
        #expect(filter.decide([0x2F, 0xFF, 0x2E, 0x74, 0x6D, 0x70]).outcome == .excluded)
        #expect(filter.decide([0x2F, 0x61, 0x80, 0x62]).outcome == .included)
        #expect(filter.decide([]).outcome == .included)
    }
}
