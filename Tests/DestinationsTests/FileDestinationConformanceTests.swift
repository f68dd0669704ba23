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
