import Testing

@testable import Configuration

@Suite struct PolicyTests {
    @Test("each rule that does not hold is told for each job, at the key that decides")
    func violations() throws {
        let loaded = try Goldens.load("Policy/violations.yaml")
        try Goldens.expect(Diagnostic.render(loaded.diagnostics, file: "violations.yaml"), "Policy/violations.txt")
        let codes = Set(loaded.violations.map(\.code))
        #expect(
            codes == [
                .notEncrypted, .tooFewCopies, .notOffSite, .tooMutable, .tooSeldomVerified, .tooOld,
                .literalAgainstPolicy,
            ])
        #expect(loaded.violations.allSatisfy { $0.severity == .error })
        #expect(loaded.warnings.allSatisfy { $0.severity == .warning })
        #expect(!loaded.diagnostics.map { $0.render() }.joined().contains("hunter"))
    }

    @Test("a configuration that keeps its promises has no violation")
    func fulfilled() throws {
        #expect(try Goldens.load("Policy/fulfilled.yaml").violations == [])
    }
}
