import Cryptography
import Glibc
import Support
import Testing

@testable import Destinations
@testable import Transport

@Suite("Downloads into files")
struct FileDownloadTests {
    private let folder: TemporaryFolder
    private let content = (0..<700_001).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 9) }

    init() throws {
        folder = try TemporaryFolder()
    }

    private var path: String { folder.path + "/object" }

    private var md5: String { HashContext(.md5).hash(content).hex }

    private func begin(_ download: FileDownload, length: Int? = nil) throws {
        var headers: HTTPHeaders = ["ETag": "\"tag\""]
        if let length { headers["Content-Length"] = String(length) }
        try download.begin(HTTPResponse(status: 200, headers: headers, body: []))
    }

    /// Hands on a part of the content as libcurl does.
    private func give(_ range: Range<Int>, to download: FileDownload) throws {
        for start in stride(from: range.lowerBound, to: range.upperBound, by: 16384) {
            try content[start..<min(start + 16384, range.upperBound)].withUnsafeBytes { try download.write($0) }
        }
    }

    @Test("what came is in the file with the last byte of a known length, and else with the end of the response")
    func whole() throws {
        for length in [content.count, nil] {
            let download = FileDownload(to: path)
            try begin(download, length: length)
            try give(0..<content.count, to: download)
            if length == nil { try download.end() }
            #expect(download.received == content.count && download.isComplete == (length != nil))
            #expect(try SmallFile.read(path, limit: 1 << 20) == content)
            #expect(download.objection(md5: md5) == nil)
        }
    }

    @Test(
        "a response that breaks off anywhere is gone on with behind the last byte that came",
        arguments: [1, 20_000, 262_144, 300_001])
    func resumed(first: Int) throws {
        let download = FileDownload(to: path)
        try begin(download, length: content.count)
        try give(0..<first, to: download)
        #expect(!download.isComplete && download.resumption["Range"] == "bytes=\(first)-")
        let headers: HTTPHeaders = [
            "ETag": "\"tag\"", "Content-Range": "bytes \(first)-\(content.count - 1)/\(content.count)",
        ]
        try download.begin(HTTPResponse(status: 206, headers: headers, body: []))
        try give(first..<content.count, to: download)
        #expect(download.isComplete && download.objection(md5: md5) == nil)
        #expect(try SmallFile.read(path, limit: 1 << 20) == content)
    }

    @Test("a response that begins anew, or what was forgotten, leaves nothing behind")
    func again() throws {
        let download = FileDownload(to: path)
        try begin(download, length: content.count)
        try give(0..<300_001, to: download)
        try begin(download, length: 10)
        try give(0..<5, to: download)
        download.forget()
        #expect(download.resumption.fields.isEmpty)
        try begin(download, length: content.count)
        try give(0..<content.count, to: download)
        #expect(download.objection(md5: md5) == nil)
        #expect(try SmallFile.read(path, limit: 1 << 20) == content)
    }

    @Test("bytes that cannot be written fail when they are due, however few they are")
    func full() throws {
        let short = FileDownload(to: "/dev/full")
        try begin(short)
        try give(0..<10, to: short)
        let error = try #require(throws: SystemError.self) { try short.end() }
        #expect(error.code == ENOSPC)
        let known = FileDownload(to: "/dev/full")
        try begin(known, length: 10)
        #expect(throws: SystemError.self) { try give(0..<10, to: known) }
        let long = FileDownload(to: "/dev/full")
        try begin(long)
        #expect(throws: SystemError.self) { try give(0..<content.count, to: long) }
    }
}
