import Engine
import Foundation
import StoreFormat
import Support
import TestSupport
import Testing

@Suite("Exports")
struct ExportTests {
    @Test("a file comes out byte by byte, of any version", arguments: [nil, Secret("a passphrase")])
    func cat(passphrase: Secret?) throws {
        let sample = try SampleStore(passphrase: passphrase)
        let session = try sample.builder.session()
        for (selector, entries) in [(VersionSelector.newest, sample.second), (.number(1), sample.first)] {
            for entry in entries where entry.kind == .file {
                var content: [UInt8] = []
                let isWhole = try FileExport(session: session, problems: ProblemLog())
                    .write(Array(entry.path.utf8), of: selector) { content += Array($0) }
                #expect(isWhole)
                #expect(content == entry.content)
            }
        }
        #expect(throws: EngineError.self) {
            try FileExport(session: session, problems: ProblemLog())
                .write(Array("/data/nothing".utf8), of: .newest) { _ in }
        }
    }

    @Test("a file whose block is lost is not called whole")
    func lost() throws {
        let sample = try SampleStore()
        let session = try sample.builder.session()
        for name in sample.builder.dblocks.dropFirst() {
            try FileManager.default.removeItem(atPath: "\(sample.builder.folder)/\(name)")
        }
        let problems = ProblemLog()
        let isWhole = try FileExport(session: session, problems: problems)
            .write(Array("/data/large.bin".utf8), of: .newest) { _ in }
        #expect(!isWhole)
        #expect(problems.problems.contains { $0.subject == "/data/large.bin" })
    }

    @Test("an archive is the same every time, and tar makes of it what a restore makes", arguments: [true, false])
    func tar(isEncrypted: Bool) throws {
        let sample = try SampleStore(passphrase: isEncrypted ? Secret("a passphrase") : nil)
        let session = try sample.builder.session()
        var archives: [[UInt8]] = [[], []]
        for index in archives.indices {
            let summary = try TarExport(session: session, problems: ProblemLog())
                .write(.newest) { archives[index] += Array($0) }
            #expect(summary.failed == 0)
            #expect(summary.files == sample.second.count { $0.kind == .file })
        }
        #expect(archives[0] == archives[1])
        #expect(archives[0].count % 512 == 0)
        let folder = try TemporaryFolder()
        try Data(archives[0]).write(to: URL(filePath: folder.path + "/a.tar"))
        let tar = Process()
        tar.executableURL = URL(filePath: "/usr/bin/env")
        tar.arguments = ["tar", "--xattrs", "-C", folder.path, "-xpf", folder.path + "/a.tar"]
        try tar.run()
        tar.waitUntilExit()
        #expect(tar.terminationStatus == 0)
        #expect(SampleStore.differences(folder.path + "/data", sample.second) == [])
    }

    @Test("long names, odd names and attributes have a place in the header")
    func header() throws {
        let folder = try TemporaryFolder()
        let builder = try StoreBuilder(in: folder.path + "/store")
        let long = String(repeating: "long name ", count: 20)
        let entries: [StoreBuilder.Entry] = [
            .folder("/data/"), .folder("/data/\(long)/"), .file("/data/\(long)/\(long)", "deep"),
            .file("/data/räk=smörgås\n.txt", "odd"), .link("/data/link", to: long),
        ]
        try builder.addVersion(SampleStore.firstTime, entries)
        var archive: [UInt8] = []
        _ = try TarExport(session: try builder.session(), problems: ProblemLog())
            .write(.newest) { archive += Array($0) }
        try Data(archive).write(to: URL(filePath: folder.path + "/a.tar"))
        let tar = Process()
        tar.executableURL = URL(filePath: "/usr/bin/env")
        tar.arguments = ["tar", "-C", folder.path, "-xpf", folder.path + "/a.tar"]
        try tar.run()
        tar.waitUntilExit()
        #expect(SampleStore.differences(folder.path + "/data", entries) == [])
    }
}
