import Destinations
import Glibc
import Support
import TestSupport
import Testing

@Suite("A folder keeps the promises of a destination", .serialized)
struct FileDestinationConformanceTests {
    @Test("each promise", arguments: Conformance.checks)
    func promise(_ check: ConformanceCheck) throws {
        switch try check.run(on: FileSubject.make()) {
        case .kept: break
        case .skipped(let reason): try Skip.test(reason)
        }
    }

    @Test("exactly these promises concern a folder")
    func concerned() throws {
        let subject = try FileSubject.make()
        let concerned = Conformance.checks.filter { $0.missingAbility(of: subject) == nil }.map(\.number)
        #expect(concerned == Array(1...4) + Array(11...20) + [22, 23, 24, 28, 29, 30, 32, 33, 34, 35, 44, 55])
    }

    @Test("the promises are numbered from 1 to 67")
    func numbers() {
        #expect(Conformance.checks.map(\.number) == Array(1...67))
    }
}

/// Skipping while a test runs, where the testing library can do it.
enum Skip {
    static func test(_ reason: String) throws {
        #if compiler(>=6.3)
        try Test.cancel("\(reason)")
        #endif
    }
}
