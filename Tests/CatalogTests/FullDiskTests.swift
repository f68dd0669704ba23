import Catalog
import Glibc
import Support
import Testing

@Suite("Catalogs on a full file system")
struct FullDiskTests {
    /// Whether this process may mount: containers deny it to their root.
    static let canMount: Bool = {
        guard geteuid() == 0, let folder = try? TemporaryFolder() else { return false }
        return mount("tmpfs", folder.path, "tmpfs", 0, "size=64k") == 0 && umount2(folder.path, 2) == 0
    }()

    private func isFull(_ error: any Error, _ folder: String) -> Bool {
        guard case .full(_, let named)? = error as? CatalogError else { return false }
        return named == folder && "\(error)".contains("Free some space")
    }

    @Test(
        "whenever the room ends, the folder is named, what was committed is there, and with room it goes on",
        .enabled(if: canMount), arguments: [4, 40, 120, 300, 1000])
    func full(kilobytes: Int) throws {
        let temporary = try TemporaryFolder()
        let folder = "\(temporary.path)/full"
        try FileTree.createFolder(folder)
        try #require(mount("tmpfs", folder, "tmpfs", 0, "size=\(kilobytes)k") == 0)
        defer { umount2(folder, 2) }
        var committed: Int64 = 0
        #expect {
            let catalog = try Catalog(path: "\(folder)/catalog.sqlite")
            for round in 1...Int64.max {
                try catalog.write { writer in
                    for number in (round * 100)..<(round * 100 + 100) {
                        let path = "/folder \(number)/" + String(repeating: "x", count: 200)
                        try Array(path.utf8).withUnsafeBytes { try writer.addFolder(number, path: $0) }
                    }
                }
                committed = round
            }
        } throws: { isFull($0, folder) }
        try #require(mount("tmpfs", folder, "tmpfs", UInt(MS_REMOUNT), "size=8m") == 0)
        let catalog = try Catalog(path: "\(folder)/catalog.sqlite")
        #expect(try catalog.isSound())
        let next = try catalog.read { try $0.nextIdentifiers().folder }
        #expect(committed == 0 ? next <= 1 : next == committed * 100 + 100)
        try catalog.write { writer in
            try Array("/new/".utf8).withUnsafeBytes { try writer.addFolder(next, path: $0) }
        }
        try catalog.checkpoint()
    }
}
