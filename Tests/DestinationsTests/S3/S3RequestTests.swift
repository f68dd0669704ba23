import Support
import Synchronization
import TestSupport
import Testing
import Transport

@testable import Destinations

@Suite("S3, step by step") struct S3RequestTests: S3FaultFixture {
    let sandbox: TemporaryFolder

    init() throws { sandbox = try TemporaryFolder(prefix: "dunnage-s3-faults") }

    @Test("an entity tag that is another MD5 is a damaged upload, which is removed and sent again")
    func damaged() throws {
        let kit = try WireKit(S3Subject.wire)
        let server = kit.server
        let count = Atomic<Int>(0)
        kit.fail { request, _ in
            guard S3Subject.wire.isPut(request), count.add(1, ordering: .relaxed).oldValue == 0 else { return nil }
            _ = server.answer(request)
            return .response(status: 200, headers: [("ETag", "\"00000000000000000000000000000000\"")])
        }
        try kit.open(rules: quick).put("x", from: try file("content"))
        #expect(server.objects == ["backup/x": Array("content".utf8)])
        #expect(kit.count { $0.method == "PUT" && S3Subject.wire.isPut($0) } == 2)
    }

    @Test("a file that is not what was announced is not stored, however often it is read")
    func stale() throws {
        let kit = try WireKit(S3Subject.wire)
        let real = try file("content")
        let announced = LocalFile(path: real.path, size: real.size, sha256: String(repeating: "ab", count: 32))
        let error = try #require(throws: DestinationError.self) {
            try kit.open(rules: quick).put("x", from: announced)
        }
        #expect(error.kind == .localFile && error.detail.contains("changed since it was made"))
        #expect(kit.server.objects.isEmpty)
    }

    @Test("with a key service, the entity tag means nothing")
    func keyService() throws {
        let kit = try WireKit(S3Subject.wire)
        let server = kit.server
        kit.fail { request, _ in
            guard S3Subject.wire.isPut(request) else { return nil }
            _ = server.answer(request)
            return .response(
                status: 200,
                headers: [
                    ("ETag", "\"00000000000000000000000000000000\""), ("x-amz-server-side-encryption", "aws:kms"),
                ])
        }
        try kit.open(rules: quick).put("x", from: try file("content"))
        #expect(server.objects.count == 1)
    }

    @Test("every put has a digest and the true hash of its body")
    func digests() throws {
        let kit = try WireKit(S3Subject.wire)
        try kit.open(options: ["s3-checksum": "sha256"], rules: quick).put("x", from: try file("abc"))
        let put = try #require(kit.http.requests.last { S3Subject.wire.isPut($0) })
        #expect(put["content-md5"] == "kAFQmDzST7DWlj99KOF/cg==")
        #expect(
            put["x-amz-content-sha256"] == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(put["x-amz-checksum-sha256"] == "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=")
        #expect(put["transfer-encoding"] == nil && put["accept-encoding"] == nil)
    }

    // MARK: Listings

    @Test("a server of the older listing is followed by its last key, or by the marker that it gives")
    func olderListing() throws {
        for givesMarker in [false, true] {
            let kit = try WireKit(S3Subject.wire)
            kit.fail { request, _ in
                guard request.method == "GET" else { return nil }
                let keys = ["backup/a", "backup/b", "backup/c/", "backup/d"]
                let marker = request.target.split(separator: "&").first { $0.hasPrefix("marker=") }?.dropFirst(7)
                let after = marker.map { $0.replacing("%2F", with: "/") } ?? ""
                let rest = keys.filter { $0 > after }
                let page = rest.prefix(1)
                var text = "<ListBucketResult><Marker>\(after)</Marker><IsTruncated>\(rest.count > 1)</IsTruncated>"
                if givesMarker, let last = page.last { text += "<NextMarker>\(last)</NextMarker>" }
                for key in page {
                    text +=
                        key.hasSuffix("/")
                        ? "<CommonPrefixes><Prefix>\(key)</Prefix></CommonPrefixes>"
                        : "<Contents><Key>\(key)</Key><Size>1</Size></Contents>"
                }
                return .response(status: 200, body: Array("\(text)</ListBucketResult>".utf8))
            }
            #expect(try kit.open(rules: quick).list().map(\.name) == ["a", "b", "d"])
            #expect(kit.count { $0.target.contains("list-type=2") } == 1)
        }
    }

    @Test("what is not a listing is an error, and half a listing is tried again")
    func noListing() throws {
        let kit = try WireKit(S3Subject.wire)
        kit.fail { _, _ in .response(status: 200, body: Array("<html/>".utf8)) }
        let error = try #require(throws: DestinationError.self) { try kit.open(rules: quick).list() }
        #expect(error.kind == .configuration && kit.http.requests.count == 1)
        let other = try WireKit(S3Subject.wire)
        let count = Atomic<Int>(0)
        other.fail { _, _ in
            count.add(1, ordering: .relaxed).oldValue == 0
                ? .response(status: 200, body: Array("<ListBucketResult><Contents>".utf8)) : nil
        }
        #expect(try other.open(rules: quick).list().isEmpty)
    }

    @Test("a page with a token goes on, also where nobody says that it is cut short")
    func silentListing() throws {
        let kit = try WireKit(S3Subject.wire)
        kit.fail { request, _ in
            guard request.method == "GET" else { return nil }
            let isLast = request.target.contains("continuation-token=")
            let key = isLast ? "backup/b" : "backup/a"
            let more = isLast ? "" : "<NextContinuationToken>t</NextContinuationToken>"
            let text = "<ListBucketResult><Contents><Key>\(key)</Key><Size>1</Size></Contents>\(more)"
            return .response(status: 200, body: Array("\(text)</ListBucketResult>".utf8))
        }
        #expect(try kit.open(rules: quick).list().map(\.name) == ["a", "b"])
    }

    @Test(
        "a listing of versions that does not say how to go on, or goes round, is an error",
        arguments: ["", "<NextKeyMarker>backup/a</NextKeyMarker><NextVersionIdMarker>1</NextVersionIdMarker>"])
    func circularVersions(_ marker: String) throws {
        let kit = try WireKit(S3Subject.wire)
        kit.fail { request, _ in
            guard request.method == "GET", request.target.contains("versions=") else { return nil }
            let text = "<ListVersionsResult><IsTruncated>true</IsTruncated>\(marker)</ListVersionsResult>"
            return .response(status: 200, body: Array(text.utf8))
        }
        let destination = try #require(try kit.open(rules: quick) as? any Versioning)
        let error = try #require(throws: DestinationError.self) { try destination.hiddenVersions() }
        #expect(error.kind == .unsupported)
        #expect(kit.http.requests.count == (marker.isEmpty ? 1 : 2))
    }

    // MARK: Others

    @Test("who asks pays, and whose bucket it has to be, goes along with every request")
    func headers() throws {
        let kit = try WireKit(S3Subject.wire)
        let options = ["s3-requester-pays": "true", "s3-expected-bucket-owner": "123456789012"]
        let destination = try kit.open(options: options, rules: quick)
        try destination.put("x", from: try file("x"))
        _ = try destination.list()
        try destination.delete("x")
        #expect(kit.http.requests.allSatisfy { $0["x-amz-request-payer"] == "requester" })
        #expect(kit.http.requests.allSatisfy { $0["x-amz-expected-bucket-owner"] == "123456789012" })
        #expect(kit.http.requests.allSatisfy { $0["authorization"]?.contains("x-amz-request-payer") == true })
    }

    @Test("IDrive e2 tells by the key where its buckets are")
    func discovery() throws {
        let kit = try WireKit(S3Subject.wire)
        let place = try LoopbackHTTPServer { request, _ in
            request.target == "/find/\(S3Double.accessKey)"
                ? .response(status: 200, body: Array("\"127.0.0.1:\(kit.http.port)\"\n".utf8)) : .response(status: 404)
        }
        defer { place.stop() }
        let environment = DestinationEnvironment(rules: quick)
        func open(_ key: String) throws -> S3Destination {
            let url = try DestinationURL(
                parsing: "e2://wire/backup?access_key_id=\(key)&access_key_secret=k&use-ssl=no")
            let options = DestinationOptions([:], overriddenBy: url)
            return try S3Destination(
                S3Settings(url: url, options: options, environment: environment), label: "e2://wire/backup",
                connection: ConnectionOptions(options, at: "e2", environment: environment), environment: environment,
                discovery: "\(place.url)/find")
        }
        let destination = try open(S3Double.accessKey)
        #expect(place.requests.isEmpty)
        try destination.put("x", from: try file("x"))
        #expect(try destination.list().map(\.name) == ["x"])
        #expect(place.requests.count == 1)
        let unknown = try open("NOBODY")
        let error = try #require(throws: DestinationError.self) { try unknown.list() }
        #expect(error.kind == .authentication && error.detail.contains("404"))
    }

    @Test("parts are equal but the last, and as many as the provider takes")
    func plans() {
        let usual = S3Preset()
        for size: Int64 in [1, 16 << 20, (16 << 20) + 1, 200 << 20, 6 << 30, 5 << 40] {
            let plan = S3MultipartPut.Plan(size: size, given: nil, preset: usual)
            #expect(plan.count <= 10_000 && plan.partSize >= 16 << 20)
            #expect(plan.range(of: 1).lowerBound == 0 && plan.range(of: plan.count).upperBound == size)
            #expect((1..<max(2, plan.count)).allSatisfy { plan.range(of: $0).count == min(plan.partSize, size) })
        }
        let scaleway = S3Preset.of("s3.fr-par.scw.cloud", isAWS: false)
        #expect(S3MultipartPut.Plan(size: 100 << 30, given: nil, preset: scaleway).count <= 1000)
        #expect(
            S3MultipartPut.Plan(size: 1 << 30, given: nil, preset: .of("gateway.storjshare.io", isAWS: false)).partSize
                == 64 << 20)
        #expect(S3MultipartPut.Plan(size: 1 << 30, given: 32 << 20, preset: usual).partSize == 32 << 20)
    }
}
