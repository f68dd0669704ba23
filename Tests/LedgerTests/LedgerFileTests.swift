import Foundation
import Ledger
import Support
import TestSupport
import Testing

@Suite("The file of the ledger")
struct LedgerFileTests {
    @Test("a file that is no database is refused by name, and left as it is")
    func damaged() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/ledger.sqlite"
        let content = String(repeating: "no database ", count: 400)
        try Data(content.utf8).write(to: URL(filePath: path))
        let error = #expect(throws: LedgerError.self) { try Ledger(path: path) }
        guard case .damaged(path, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == content)
    }

    @Test("two may have it open at once")
    func shared() throws {
        let folder = try TemporaryFolder()
        let first = try Ledger(path: "\(folder.path)/ledger.sqlite")
        let second = try Ledger(path: "\(folder.path)/ledger.sqlite")
        #expect(first.path == second.path)
    }
}
