import Support
import TestSupport
import Testing
import Transport

@testable import Destinations

/// Uploads of parts at a server that has its own way with them.
@Suite("S3 in parts, with faults") struct S3PartsTests: S3FaultFixture {
    let sandbox: TemporaryFolder
    private let text = String(repeating: "content ", count: 1000)

    init() throws { sandbox = try TemporaryFolder(prefix: "dunnage-s3-parts") }

    private static func xml(_ text: String, _ status: Int = 200) -> LoopbackHTTPServer.Reply {
        .response(status: status, headers: [("x-amz-version-id", "v1")], body: Array(text.utf8))
    }

    /// A server that makes `content` of whatever parts, and names it in its own way.
    private static func script(
        _ kit: WireKit, _ content: String, _ refusal: @escaping WireKit.Fault = { _, _ in nil }
    ) {
        let server = kit.server
        kit.fail { request, number in
            if let reply = refusal(request, number) { return reply }
            let isCompletion = request.method == "POST" && request.target.contains("uploadId=")
            if isCompletion {
                server.objects["backup/x"] = Array(content.utf8)
                return xml(
                    "<CompleteMultipartUploadResult><ETag>&quot;odd-1&quot;</ETag></CompleteMultipartUploadResult>")
            }
            if request.method == "POST", request.target.contains("uploads=") {
                return xml("<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>")
            }
            if request.target.contains("partNumber=") {
                return .response(status: 200, headers: [("ETag", "\"part\"")])
            }
            // The end of an upload is not the end of the object.
            return request.target.contains("uploadId=") ? .response(status: 204) : nil
        }
    }

    private func put(_ kit: WireKit, _ file: LocalFile) throws {
        let destination = try #require(try kit.open(rules: quick) as? S3Destination)
        try S3MultipartPut(destination: destination, name: "x", file: file).run()
    }

    @Test("a tag of the provider's own kind is accepted once the content was compared")
    func ownTags() throws {
        let kit = try WireKit(S3Subject.wire)
        Self.script(kit, text)
        try put(kit, try file(text))
        #expect(kit.server.objects == ["backup/x": Array(text.utf8)])
        #expect(kit.count { S3Subject.wire.isGet($0) } == 1)
    }

    @Test("an object that is not what the parts were is removed, and an error")
    func wrongObject() throws {
        let kit = try WireKit(S3Subject.wire)
        Self.script(kit, String(text.reversed()))
        let error = try #require(throws: DestinationError.self) { try put(kit, try file(text)) }
        #expect(error.kind == .corrupt)
        #expect(kit.server.objects.isEmpty)
        #expect(kit.count { $0.method == "DELETE" && $0.target.contains("versionId=v1") } == 1)
    }

    @Test("parts are not sent anew for a server that completes uploads only without conditions")
    func unconditional() throws {
        let kit = try WireKit(S3Subject.wire)
        Self.script(kit, text) { request, _ in
            guard request.method == "POST", request["if-none-match"] != nil else { return nil }
            return Self.xml("<Error><Code>NotImplemented</Code></Error>", 501)
        }
        try put(kit, try file(text))
        #expect(kit.server.objects == ["backup/x": Array(text.utf8)])
        #expect(kit.count { $0.target.contains("partNumber=") } == 1)
    }

    @Test("an upload that somebody has swept away is begun anew, once")
    func sweptAway() throws {
        let kit = try WireKit(S3Subject.wire)
        Self.script(kit, text) { request, _ in
            guard request.target.contains("partNumber=") else { return nil }
            return Self.xml("<Error><Code>NoSuchUpload</Code></Error>", 404)
        }
        let error = try #require(throws: DestinationError.self) { try put(kit, try file(text)) }
        #expect(error.kind == .missingObject)
        #expect(kit.count { $0.method == "POST" && $0.target.contains("uploads=") } == 2)
    }

    @Test("a file whose parts are not the whole that was announced is not completed")
    func stale() throws {
        let kit = try WireKit(S3Subject.wire)
        Self.script(kit, text)
        let real = try file(text)
        let announced = LocalFile(path: real.path, size: real.size, sha256: String(repeating: "ab", count: 32))
        let error = try #require(throws: DestinationError.self) { try put(kit, announced) }
        #expect(error.kind == .localFile)
        #expect(kit.server.objects.isEmpty)
        #expect(kit.count { $0.method == "DELETE" && $0.target.contains("uploadId=u") } == 1)
    }
}
