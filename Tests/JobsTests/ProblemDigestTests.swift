import Engine
import Jobs
import Reporting
import Testing

@Suite("Problems of a run")
struct ProblemDigestTests {
    @Test("those with the same cause are one problem of the report, with a count and a sample")
    func grouped() {
        let log = ProblemLog()
        for number in 0..<7 { log.add(Problem(.unreadable, "/srv/a/b/file\(number)", "Permission denied")) }
        log.add(Problem(.unreadable, "/srv/x", "Input/output error"))
        let reported = ProblemDigest(log).reported
        #expect(reported.map(\.count) == [7, 1])
        #expect(reported[0].sample.count == 5)
        #expect(reported[0].sample[0] == "/srv/a/…/file0")
        #expect(reported.map(\.severity) == [.warning, .warning])
        #expect(reported.map(\.code) == ["W202", "W202"])
    }

    @Test("those that were only counted are counted")
    func counted() {
        let log = ProblemLog()
        for number in 0..<ProblemLog.keptPerCode + 30 { log.add(Problem(.unreadable, "/f\(number)", "no")) }
        log.add(Problem(.damaged, "/g", "lost"))
        let digest = ProblemDigest(log)
        #expect(digest.warnings == ProblemLog.keptPerCode + 30)
        #expect(digest.errors == 1)
    }

    @Test("what two destinations met counts once")
    func union() {
        let (first, second) = (ProblemLog(), ProblemLog())
        for log in [first, second] { log.add(Problem(.unreadable, "/f", "no")) }
        second.add(Problem(.remoteObject, "o", "odd"))
        let union = ProblemDigest.union([ProblemDigest(first), ProblemDigest(second)])
        #expect(union.warnings == 2)
    }
}
