import AWS
import Support
import TestSupport
import Testing
import Transport

@Suite("S3 as the tests start it", .timeLimit(.minutes(2)))
struct S3ServerTests {
    private let transport = Transport(version: "test", usesProxies: false)

    private func send(
        _ method: HTTPRequest.Method, _ path: String, to endpoint: S3Account, body: [UInt8] = []
    ) throws -> HTTPResponse {
        let signer = SigV4(region: endpoint.region, service: "s3")
        return try transport.send(
            signer.sign(
                SigV4.Input(method, endpoint: endpoint.url, path: path, body: body), with: endpoint.credentials,
                at: .now()))
    }

    private func expectObjects(_ endpoint: S3Account) throws {
        #expect(try send(.put, "/smoke-bucket", to: endpoint).status == 200)
        let content = Array("content".utf8)
        #expect(try send(.put, "/smoke-bucket/an object", to: endpoint, body: content).status == 200)
        #expect(try send(.get, "/smoke-bucket/an object", to: endpoint).body == content)
        #expect(try send(.get, "/smoke-bucket/no object", to: endpoint).status == 404)
    }

    private func expectRefusal(_ endpoint: S3Account) throws {
        let wrong = S3Account(
            url: endpoint.url, region: endpoint.region, accessKey: endpoint.accessKey, secretKey: Secret("wrong"))
        #expect(try send(.get, "/smoke-bucket", to: wrong).status == 403)
    }

    @Test(
        "Swift's takes and gives objects, to whoever signs with the right key for the right region",
        .enabled(if: OpenStackServers.areThere, "\(OpenStackServers.absence)"))
    func swift() throws {
        let endpoint = try OpenStackServers.shared().swift.s3
        try expectObjects(endpoint)
        try expectRefusal(endpoint)
        let elsewhere = S3Account(
            url: endpoint.url, region: "eu-west-1", accessKey: endpoint.accessKey, secretKey: endpoint.secretKey)
        #expect(try send(.get, "/smoke-bucket", to: elsewhere).status == 400)
    }

    @Test(
        "rclone's takes and gives objects, to whoever signs with the right key",
        .enabled(if: RcloneS3Server.isThere, "\(RcloneS3Server.absence)"))
    func rclone() throws {
        let endpoint = try RcloneS3Server.shared().s3
        try expectObjects(endpoint)
        try expectRefusal(endpoint)
    }

    @Test("moto's takes and gives objects", .enabled(if: MotoServer.isThere, "\(MotoServer.absence)"))
    func moto() throws { try expectObjects(try MotoServer.shared().s3) }
}
