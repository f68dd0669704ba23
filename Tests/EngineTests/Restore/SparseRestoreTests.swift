import Foundation
import Glibc
import Support
import Testing

@testable import Engine

@Suite("Files restored with holes")
struct SparseRestoreTests {
    /// Bytes that a file takes on its disk.
    private func space(_ path: String) -> Int64 {
        var status = stat()
        return lstat(path, &status) == 0 ? Int64(status.st_blocks) * 512 : -1
    }

    private func restore(
        _ fixture: BackupFixture, to target: String, sparse: Bool, overwrite: OverwriteRule = .never
    ) throws {
        let problems = ProblemLog()
        let session = try StoreSession.open(
            destination: try fixture.destination(), passphrase: fixture.passphrase,
            temporaryFolder: fixture.folder.path, problems: problems)
        var request = RestoreRequest(target: target, overwrite: overwrite)
        request.isSparse = sparse
        let summary = try RestoreRun(request, session: session, problems: problems).run()
        #expect(summary.failed == 0 && problems.problems.isEmpty, "\(problems.problems)")
    }

    private static let mega = 1 << 20

    private func fixture(blockSize: Int) throws -> BackupFixture {
        let fixture = try BackupFixture()
        fixture.options.blockSize = blockSize
        let noise = BackupFixture.noise(5000, seed: 1)
        let zeros = [UInt8](repeating: 0, count: Self.mega)
        try fixture.write("ends in a hole", noise + zeros)
        try fixture.write("begins with one", zeros + noise)
        try fixture.write("has one within", noise + zeros + noise + [0, 0, 0])
        try fixture.write("is one", zeros + [0])
        try fixture.write("small", [UInt8](repeating: 0, count: 20_000) + [1])
        try fixture.write("dense", BackupFixture.noise(300_000, seed: 2))
        try fixture.write("empty", "")
        try fixture.run()
        return fixture
    }

    @Test("zeros take no space where asked, and the content is the same", arguments: [1024, 3000, 102_400, 1 << 22])
    func holes(blockSize: Int) throws {
        let fixture = try fixture(blockSize: blockSize)
        let target = fixture.folder.path + "/sparse"
        try restore(fixture, to: target, sparse: true)
        #expect(try TreeSnapshot(target).differences(from: try TreeSnapshot(fixture.source)).isEmpty)
        for name in ["ends in a hole", "begins with one", "has one within", "is one"] {
            #expect(space("\(target)/\(name)") < 64 << 10, "\(name) takes \(space("\(target)/\(name)"))")
        }
        #expect(space(target + "/dense") >= 300_000)
        let plain = fixture.folder.path + "/plain"
        try restore(fixture, to: plain, sparse: false)
        #expect(space(plain + "/is one") >= Int64(Self.mega))
        #expect(try TreeSnapshot(plain).differences(from: try TreeSnapshot(fixture.source)).isEmpty)
    }

    @Test("holes replace what was there before", arguments: [102_400, 1 << 22])
    func replaced(blockSize: Int) throws {
        let fixture = try fixture(blockSize: blockSize)
        let target = fixture.folder.path + "/target"
        try FileTree.createFolder(target)
        for name in ["ends in a hole", "is one", "small", "empty"] {
            try fixture.write("../target/\(name)", BackupFixture.noise(Self.mega * 2, seed: 9))
        }
        try restore(fixture, to: target, sparse: true, overwrite: .always)
        #expect(try TreeSnapshot(target).differences(from: try TreeSnapshot(fixture.source)).isEmpty)
        #expect(space(target + "/is one") < 64 << 10)
    }

    @Test("a hole is made into a file that has other content", arguments: [0, 1, 4095, 4096, 10_000])
    func punches(offset: Int) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/file"
        let old = BackupFixture.noise(100_000, seed: 3)
        var bytes = [UInt8](repeating: 0, count: 40_000)
        for place in [0, 5000, 5001, 20_000, 39_999] { bytes[place] = 7 }
        do {
            let file = try FileDescriptor.open(path, flags: O_RDWR | O_CREAT)
            try old.withUnsafeBytes { try file.write(all: $0) }
            try bytes.withUnsafeBytes { try SparseWriter.write($0, to: file.raw, at: Int64(offset)) }
        }
        let found = Array(try Data(contentsOf: URL(filePath: path)))
        #expect(found == old[..<offset] + bytes + old[(offset + bytes.count)...])
    }
}
