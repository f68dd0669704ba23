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

    @Test("it is its owner's alone, with its log and its index; a file that is there keeps its mode here")
    func mode() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/ledger.sqlite"
        let ledger = try Ledger(path: path)
        try ledger.begin(RunStart(id: "1", job: "home", started: Timestamp(seconds: 0)))
        for file in [path, "\(path)-wal", "\(path)-shm"] { #expect(try mode(of: file) == 0o600, "\(file)") }
        let other = "\(folder.path)/other.sqlite"
        try SmallFile.replace(other, with: [], mode: 0o644)
        withExtendedLifetime(try Ledger(path: other)) {}
        #expect(try mode(of: other) == 0o644)
    }

    private func mode(of path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test("two may have it open at once")
    func shared() throws {
        let folder = try TemporaryFolder()
        let first = try Ledger(path: "\(folder.path)/ledger.sqlite")
        let second = try Ledger(path: "\(folder.path)/ledger.sqlite")
        #expect(first.path == second.path)
    }
}
