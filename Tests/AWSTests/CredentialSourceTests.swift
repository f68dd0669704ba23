import Glibc
import Support
import Synchronization
import TestSupport
import Testing
import Transport

@testable import AWS

/// Where credentials are looked for; the services are doubles, written from the documentation of EC2 and ECS.
@Suite struct CredentialSourceTests {
    private func source(
        _ environment: [String: String], profile: String? = nil,
        now: @escaping @Sendable () -> Timestamp = { Timestamp(seconds: 1_800_000_000) }
    ) -> AWSCredentialSource {
        let client = Transport(version: "test", usesProxies: false)
        return AWSCredentialSource(
            environment: ["AWS_EC2_METADATA_DISABLED": "true"].merging(environment) { $1 }, profile: profile,
            region: "eu-central-1", remote: client, local: client, now: now)
    }

    private func write(_ text: String, _ path: String) throws {
        let file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_TRUNC)
        try Array(text.utf8).withUnsafeBytes { try file.write(all: $0) }
    }

    @Test("the environment comes first, and half a pair is an error")
    func environment() throws {
        let found = try source([
            "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "key", "AWS_SESSION_TOKEN": "token",
        ]).credentials()
        #expect(found.accessKeyID == "id" && found.secretKey.reveal() == "key")
        #expect(found.sessionToken?.reveal() == "token")
        #expect(throws: AWSError.halfPair("the environment")) {
            try source(["AWS_ACCESS_KEY_ID": "id"]).credentials()
        }
        let error = #expect(throws: AWSError.self) { try source([:]).credentials() }
        #expect(error?.description.contains("AWS_ACCESS_KEY_ID") == true)
    }

    @Test("profiles are read from both files, the credentials file first")
    func profiles() throws {
        let folder = try TemporaryFolder()
        try write(
            "[default]\naws_access_key_id = a\naws_secret_access_key=b # no part\n\n[other]\naws_access_key_id=c\n",
            "\(folder.path)/credentials")
        try write(
            "# x\n[profile other]\nregion = eu-west-1\naws_secret_access_key = d\ns3 =\n  addressing_style = path\n"
                + "[profile role]\nrole_arn = arn\n[sso-session x]\naws_access_key_id = no\n",
            "\(folder.path)/config")
        let files = [
            "AWS_SHARED_CREDENTIALS_FILE": "\(folder.path)/credentials", "AWS_CONFIG_FILE": "\(folder.path)/config",
        ]
        #expect(try source(files).credentials().secretKey.reveal() == "b")
        #expect(try source(files, profile: "other").credentials().secretKey.reveal() == "d")
        #expect(try source(files.merging(["AWS_PROFILE": "other"]) { $1 }).credentials().accessKeyID == "c")
        #expect(try AWSCredentialSource.region(environment: files, profile: "other") == "eu-west-1")
        #expect(throws: AWSError.noRegion) { try AWSCredentialSource.region(environment: files) }
        #expect(throws: AWSError.noProfile("none")) { try source(files, profile: "none").credentials() }
        let lacking = AWSError.incompleteProfile("profile role", "a role needs `source_profile` or `credential_source`")
        #expect(throws: lacking) { try source(files, profile: "role").credentials() }
    }

    private static let keys =
        #"{"Code": "Success", "AccessKeyId": "id", "SecretAccessKey": "key", "Token": "t", "Expiration": "2027-01-15T10:00:00Z"}"#

    @Test("a container's service gives keys, with the token of its file")
    func container() throws {
        let server = try LoopbackHTTPServer { request, _ in
            request["authorization"] == "Bearer x" && request.target == "/role"
                ? .response(status: 200, body: Array(Self.keys.utf8)) : .response(status: 403)
        }
        defer { server.stop() }
        let folder = try TemporaryFolder()
        try write("Bearer x", "\(folder.path)/token")
        let environment = [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(server.url)/role", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "wrong",
        ]
        #expect(throws: AWSError.self) { try source(environment).credentials() }
        let found = try source([
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(server.url)/role", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "Bearer x",
        ])
        .credentials()
        #expect(found.sessionToken?.reveal() == "t" && found.expires == Timestamp(iso8601: "2027-01-15T10:00:00Z"))
        let elsewhere = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/role"]
        #expect(throws: AWSError.unsupported("AWS_CONTAINER_CREDENTIALS_FULL_URI with http to another machine")) {
            try source(elsewhere).credentials()
        }
    }

    @Test("the machine's role is asked with a session token, and again shortly before its keys end")
    func machine() throws {
        let server = try LoopbackHTTPServer { request, _ in
            let isKnown = request["x-aws-ec2-metadata-token"] == "session"
            switch (request.method, request.target) {
            case ("PUT", "/latest/api/token"):
                return request["x-aws-ec2-metadata-token-ttl-seconds"] == "21600"
                    ? .response(status: 200, body: Array("session".utf8)) : .response(status: 400)
            case ("GET", "/latest/meta-data/iam/security-credentials/") where isKnown:
                return .response(status: 200, body: Array("backup-role\n".utf8))
            case ("GET", "/latest/meta-data/iam/security-credentials/backup-role") where isKnown:
                return .response(status: 200, body: Array(Self.keys.utf8))
            default: return .response(status: 401)
            }
        }
        defer { server.stop() }
        let end = try #require(Timestamp(iso8601: "2027-01-15T10:00:00Z"))
        let clock = Mutex(end.seconds - 3600)
        let source = source([
            "AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "\(server.url)/",
        ]) { Timestamp(seconds: clock.withLock { $0 }) }
        #expect(try source.credentials().secretKey.reveal() == "key")
        #expect(try source.credentials().origin == "the machine's metadata service")
        #expect(server.requests.count == 3)
        clock.withLock { $0 = end.seconds - 299 }
        _ = try source.credentials()
        #expect(server.requests.count == 6)
    }

    @Test("a pod's web identity is exchanged at the token service")
    func webIdentity() throws {
        let server = try LoopbackHTTPServer { request, _ in
            let body = String(decoding: request.body, as: UTF8.self)
            guard body.contains("WebIdentityToken=a%2Eb.c") || body.contains("WebIdentityToken=a.b.c"),
                body.contains("RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr")
            else { return .response(status: 400, body: Array("<Error><Code>InvalidIdentityToken</Code></Error>".utf8)) }
            return .response(
                status: 200,
                body: Array(
                    """
                    <R><Credentials><AccessKeyId>id</AccessKeyId><SecretAccessKey>key</SecretAccessKey>\
                    <SessionToken>t</SessionToken><Expiration>2027-01-15T10:00:00Z</Expiration></Credentials></R>
                    """.utf8))
        }
        defer { server.stop() }
        let folder = try TemporaryFolder()
        try write("a.b.c\n", "\(folder.path)/token")
        let environment = [
            "AWS_WEB_IDENTITY_TOKEN_FILE": "\(folder.path)/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/r",
            "AWS_ENDPOINT_URL_STS": server.url,
        ]
        #expect(try source(environment).credentials().secretKey.reveal() == "key")
        try write("other", "\(folder.path)/token")
        #expect(throws: AWSError.refused("AWS's token service", status: 400, "InvalidIdentityToken")) {
            try source(environment).credentials()
        }
    }
}
