import Engine
import Foundation
import StoreFormat
import Support
import TestSupport
import Testing

@Suite("Restores into files that are there")
struct PatchTests {
    private func inode(_ path: String) -> UInt64 {
        var status = stat()
        return lstat(path, &status) == 0 ? UInt64(status.st_ino) : 0
    }

    private static let sizes = [75_000, 74_000, 90_000, 20_000, 10_240, 0]

    @Test("only what differs is written, whatever the file's length", arguments: sizes)
    func patched(size: Int) throws {
        let sample = try SampleStore()
        let target = try TemporaryFolder()
        let path = target.path + "/large.bin"
        let content = try #require(sample.second.first { $0.path == "/data/large.bin" }).content
        var old = Array(content.prefix(size)) + [UInt8](repeating: 7, count: max(0, size - content.count))
        if size > 30_000 { old[25_000] ^= 1 }
        try Data(old).write(to: URL(filePath: path))
        let before = inode(path)
        let problems = ProblemLog()
        let request = RestoreRequest(target: target.path, overwrite: .patch)
        let summary = try RestoreRun(request, session: try sample.builder.session(), problems: problems).run()
        #expect(problems.problems == [])
        #expect(summary.isComplete)
        #expect(summary.patchedFiles == (size > 0 ? 1 : 1))
        #expect(inode(path) == before)
        #expect(SampleStore.differences(target.path, sample.second) == [])
        let again = try RestoreRun(request, session: try sample.builder.session(), problems: problems).run()
        #expect(again.restoredFiles == 0)
    }

    @Test("a file that has another name too is replaced, and the other name keeps its content")
    func hardLink() throws {
        let sample = try SampleStore()
        let target = try TemporaryFolder()
        let mine = Data(repeating: 3, count: 75_000)
        try mine.write(to: URL(filePath: target.path + "/large.bin"))
        try FileManager.default.linkItem(atPath: target.path + "/large.bin", toPath: target.path + "/other")
        let request = RestoreRequest(target: target.path, overwrite: .patch)
        _ = try RestoreRun(request, session: try sample.builder.session(), problems: ProblemLog()).run()
        #expect(FileManager.default.contents(atPath: target.path + "/other") == mine)
        #expect(SampleStore.differences(target.path, sample.second) == [])
    }

    @Test("a preview says what a restore then does, and touches nothing")
    func preview() throws {
        let sample = try SampleStore()
        let target = try TemporaryFolder()
        let session = try sample.builder.session()
        let missing = try RestoreRun(
            RestoreRequest(target: target.path + "/none"), session: session, problems: ProblemLog()
        ).preview()
        let files = sample.second.count { $0.kind == .file }
        #expect(missing.files == [.create: files])
        #expect(!FileManager.default.fileExists(atPath: target.path + "/none"))
        #expect(missing.volumes == session.listing.dblocks.count && missing.bytesToFetch > 100_000)
        try Data("mine".utf8).write(to: URL(filePath: target.path + "/new.bin"))
        for (rule, action) in [
            (OverwriteRule.never, RestorePreview.Action.create), (.always, .replace), (.newer, .skip),
        ] {
            let problems = ProblemLog()
            let run = RestoreRun(
                RestoreRequest(target: target.path, overwrite: rule), session: session, problems: problems)
            var seen: [RestorePreview.Action: Int] = [:]
            let preview = try run.preview { seen[$0.action, default: 0] += 1 }
            #expect(preview.files == seen)
            #expect(seen[action, default: 0] >= 1)
            #expect(try FileManager.default.contentsOfDirectory(atPath: target.path) == ["new.bin"])
        }
        let request = RestoreRequest(target: target.path, overwrite: .always)
        let run = RestoreRun(request, session: session, problems: ProblemLog())
        let preview = try run.preview()
        let summary = try run.run()
        #expect(preview.bytes == summary.bytes)
        #expect(preview.files[.create, default: 0] + preview.files[.replace, default: 0] == summary.restoredFiles)
        #expect(try run.preview().files == [.keep: files])
    }
}
