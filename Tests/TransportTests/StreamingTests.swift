import Glibc
import Support
import TestSupport
import Testing

@testable import Transport

@Suite("Streams")
struct StreamingTests {
    private let transport = Transport(version: "0", usesProxies: false)

    @Test("a part of a file is sent as it is, with its length", arguments: [HTTPRequest.Method.put, .post])
    func upload(_ method: HTTPRequest.Method) throws {
        let server = try LoopbackHTTPServer([.response(status: 201)])
        defer { server.stop() }
        let file = try Sample(bytes: 300_000)
        let slice = FileSlice(path: file.path, offset: 1000, count: 250_000)
        #expect(try transport.send(HTTPRequest(method, server.url, file: slice)).status == 201)
        let request = try #require(server.requests.first)
        #expect(request.method == method.rawValue && request["content-length"] == "250000")
        #expect(request.body == Array(file.content[1000..<251_000]))
    }

    @Test("an empty body has the length zero")
    func emptyBody() throws {
        let server = try LoopbackHTTPServer([.response(status: 201)])
        defer { server.stop() }
        let file = try Sample(bytes: 0)
        _ = try transport.send(HTTPRequest(.put, server.url, file: FileSlice(path: file.path, count: 0)))
        _ = try transport.send(HTTPRequest(.put, server.url))
        #expect(server.requests.map { $0["content-length"] } == ["0", "0"])
    }

    @Test("a server that wants to be asked first gets the body when it says so")
    func expectation() throws {
        let server = try LoopbackHTTPServer([.response(status: 201)])
        defer { server.stop() }
        let file = try Sample(bytes: 2_000_000)
        let slice = FileSlice(path: file.path, count: 2_000_000)
        _ = try transport.send(HTTPRequest(.put, server.url, headers: ["Expect": "100-continue"], file: slice))
        #expect(server.requests.first?.body == file.content)
    }

    @Test("a file that became shorter, or cannot be read, is the file's fault and not the server's")
    func sourceFaults() throws {
        let server = try LoopbackHTTPServer([.response(status: 201)])
        defer { server.stop() }
        let file = try Sample(bytes: 1000)
        let short = try #require(throws: TransportError.self) {
            try transport.send(HTTPRequest(.put, server.url, file: FileSlice(path: file.path, count: 1001)))
        }
        #expect(short.kind == .sourceTooShort && !short.isTransient)
        let missing = try #require(throws: TransportError.self) {
            try transport.send(HTTPRequest(.put, server.url, file: FileSlice(path: "\(file.path).not", count: 1)))
        }
        guard case .localFile(let cause) = missing.kind else {
            Issue.record("the kind is \(missing.kind)")
            return
        }
        #expect(cause.code == ENOENT)
    }

    @Test("a successful response goes to its sink, another one to memory")
    func download() throws {
        let body = (0..<500_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let server = try LoopbackHTTPServer([
            .response(status: 200, headers: [("X-Kind", "data")], body: body),
            .response(status: 404, body: Array("no".utf8)), .response(status: 200),
        ])
        defer { server.stop() }
        let sink = MemoryResponse()
        #expect(try transport.send(HTTPRequest(.get, server.url), into: sink).body.isEmpty)
        #expect(sink.bytes == body && sink.isComplete && sink.head?.headers["x-kind"] == "data")
        let other = MemoryResponse()
        #expect(try transport.send(HTTPRequest(.get, server.url), into: other).body == Array("no".utf8))
        #expect(other.head == nil && other.bytes.isEmpty && !other.isComplete)
        let empty = MemoryResponse()
        _ = try transport.send(HTTPRequest(.get, server.url), into: empty)
        #expect(empty.head?.status == 200 && empty.bytes.isEmpty && empty.isComplete)
    }

    @Test("a sink that fails ends the exchange")
    func sinkFault() throws {
        let server = try LoopbackHTTPServer([.response(status: 200, body: [1, 2, 3])])
        defer { server.stop() }
        let sink = MemoryResponse(failure: SystemError("write", path: "/full", code: ENOSPC))
        let error = try #require(throws: TransportError.self) {
            try transport.send(HTTPRequest(.get, server.url), into: sink)
        }
        #expect(error.kind == .localFile(SystemError("write", path: "/full", code: ENOSPC)))
        #expect(!sink.isComplete)
    }

    @Test("a response that breaks off does not end its sink")
    func brokenDownload() throws {
        let server = try LoopbackHTTPServer([.raw(Array("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n123".utf8))])
        defer { server.stop() }
        let sink = MemoryResponse()
        #expect(throws: TransportError.self) { try transport.send(HTTPRequest(.get, server.url), into: sink) }
        #expect(sink.bytes == Array("123".utf8) && !sink.isComplete)
    }

    @Test("redirects are responses for those who want to follow them themselves")
    func redirects() throws {
        let server = try LoopbackHTTPServer([.response(status: 307, headers: [("Location", "/elsewhere")])])
        defer { server.stop() }
        let response = try transport.send(HTTPRequest(.get, server.url, followsRedirects: false))
        #expect(response.status == 307 && server.requests.count == 1)
    }

    @Test("an upload and a download keep within their limits, one alone and four together", arguments: [1, 4])
    func bandwidth(_ workers: Int) throws {
        let uploads = BandwidthLimit(bytesPerSecond: 8 << 20)
        let limited = Transport(version: "0", settings: TransportSettings(proxy: .none, uploads: uploads))
        let server = try LoopbackHTTPServer([.response(status: 200)])
        defer { server.stop() }
        let file = try Sample(bytes: (8 << 20) / workers)
        let url = server.url
        let path = file.path
        let began = ContinuousClock.now
        let threads = try (0..<workers).map { _ in
            try WorkerThread("upload") {
                let slice = FileSlice(path: path, count: Int64((8 << 20) / workers))
                _ = try? limited.send(HTTPRequest(.put, url, file: slice))
            }
        }
        for thread in threads { thread.join() }
        #expect(server.requests.map(\.body.count).reduce(0, +) == 8 << 20)
        // A loaded machine may be slower, never faster; a tenth of a second may have been saved up.
        #expect(ContinuousClock.now - began >= .milliseconds(850))
    }

    @Test("a limit that is lifted lets those go on who wait for it")
    func liftedLimit() throws {
        let downloads = BandwidthLimit(bytesPerSecond: 1000)
        let limited = Transport(version: "0", settings: TransportSettings(proxy: .none, downloads: downloads))
        let server = try LoopbackHTTPServer([.response(status: 200, body: [UInt8](repeating: 7, count: 1 << 20))])
        defer { server.stop() }
        let sink = MemoryResponse()
        sink.onFirstBytes = { downloads.bytesPerSecond = nil }
        let began = ContinuousClock.now
        _ = try limited.send(HTTPRequest(.get, server.url), into: sink)
        #expect(sink.bytes.count == 1 << 20 && ContinuousClock.now - began < .seconds(60))
    }

    @Test("a stop is noticed within half a second, whatever is going on")
    func cancellation() throws {
        let server = try LoopbackHTTPServer([.silence])
        defer { server.stop() }
        let flag = CancellationFlag()
        let stopper = try WorkerThread("stopper") {
            usleep(50_000)
            flag.cancel()
        }
        let began = ContinuousClock.now
        let error = try #require(throws: TransportError.self) {
            try transport.send(HTTPRequest(.get, server.url), cancellation: flag)
        }
        stopper.join()
        #expect(error.kind == .cancelled && ContinuousClock.now - began < .seconds(1))
    }
}

private final class MemoryResponse: ResponseSink {
    var head: HTTPResponse?
    var bytes: [UInt8] = []
    var isComplete = false
    var onFirstBytes: () -> Void = {}
    let failure: SystemError?

    init(failure: SystemError? = nil) {
        self.failure = failure
    }

    func begin(_ head: HTTPResponse) throws(SystemError) { self.head = head }

    func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        if let failure { throw failure }
        if self.bytes.isEmpty { onFirstBytes() }
        self.bytes.append(contentsOf: bytes)
    }

    func end() throws(SystemError) { isComplete = true }
}

private struct Sample {
    let content: [UInt8]
    private let folder: TemporaryFolder
    var path: String { "\(folder.path)/sample" }

    init(bytes: Int) throws {
        folder = try TemporaryFolder(prefix: "dunnage-streams")
        content = (0..<bytes).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }
        let file = try FileDescriptor.open("\(folder.path)/sample", flags: O_WRONLY | O_CREAT | O_EXCL)
        try content.withUnsafeBytes { try file.write(all: $0) }
    }
}
