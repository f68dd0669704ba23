import Support
import TestSupport
import Testing
import Transport

@testable import AWS

/// Roles of profiles and on top of other keys; the token service is a double, and once moto.
@Suite struct RoleTests {
    private static let config = """
        [profile base]
        aws_access_key_id = AKIABASE
        aws_secret_access_key = secret
        [profile first]
        role_arn = arn:aws:iam::1:role/first
        source_profile = base
        external_id = of/them
        role_session_name = nightly
        duration_seconds = 1800
        [profile second]
        role_arn = arn:aws:iam::1:role/second
        source_profile = first
        [profile itself]
        role_arn = arn:aws:iam::1:role/itself
        source_profile = itself
        aws_access_key_id = AKIASELF
        aws_secret_access_key = secret
        [profile fromenv]
        role_arn = arn:aws:iam::1:role/fromenv
        credential_source = Environment
        [profile a]
        role_arn = arn:a
        source_profile = b
        [profile b]
        role_arn = arn:b
        source_profile = c
        [profile c]
        role_arn = arn:c
        source_profile = b
        [profile mfa]
        role_arn = arn:m
        source_profile = base
        mfa_serial = arn:aws:iam::1:mfa/me
        [profile both]
        role_arn = arn:x
        source_profile = base
        credential_source = Environment
        [profile odd]
        role_arn = arn:x
        credential_source = Moon
        [profile missing]
        role_arn = arn:x
        source_profile = nobody
        [profile empty]
        region = eu-west-1
        [profile onempty]
        role_arn = arn:x
        source_profile = empty
        [profile long]
        role_arn = arn:x
        source_profile = base
        duration_seconds = ages
        [profile identity]
        role_arn = arn:aws:iam::1:role/identity
        web_identity_token_file = ~/token
        """

    /// A token service that numbers its keys.
    private func service() throws -> LoopbackHTTPServer {
        try LoopbackHTTPServer { request, number in
            formFields(request)["Version"] == "2011-06-15" ? CredentialFixture.role(number) : .response(status: 400)
        }
    }

    @Test("a profile's role is assumed with the keys of another, with all that the profile says, and signed")
    func role() throws {
        let server = try service()
        defer { server.stop() }
        let fixture = try CredentialFixture(config: Self.config)
        let found = try fixture.source(["AWS_ENDPOINT_URL_STS": server.url], profile: "first").credentials()
        #expect(found.accessKeyID == "ASIA1" && found.secretKey.reveal() == "key&1")
        #expect(found.sessionToken?.reveal() == "token1" && found.expires == Timestamp(iso8601: "2027-01-15T09:00:00Z"))
        let request = try #require(server.requests.first)
        #expect(
            formFields(request) == [
                "Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": "arn:aws:iam::1:role/first",
                "RoleSessionName": "nightly", "DurationSeconds": "1800", "ExternalId": "of/them",
            ])
        #expect(
            request["authorization"]?.hasPrefix(
                "AWS4-HMAC-SHA256 Credential=AKIABASE/20270115/us-east-1/sts/aws4_request, ") == true)
    }

    @Test("roles stand on roles, on their own profile's keys, and on the environment's")
    func chains() throws {
        let server = try service()
        defer { server.stop() }
        let fixture = try CredentialFixture(config: Self.config)
        let environment = ["AWS_ENDPOINT_URL_STS": server.url, "AWS_REGION": "eu-central-1"]
        #expect(try fixture.source(environment, profile: "second").credentials().accessKeyID == "ASIA2")
        #expect(server.requests.map { formFields($0)["RoleArn"] ?? "" }.map { $0.suffix(6) } == ["/first", "second"])
        #expect(server.requests[1]["authorization"]?.contains("ASIA1/20270115/eu-central-1/sts/") == true)
        #expect(server.requests[1]["x-amz-security-token"] == "token1")
        #expect(try fixture.source(environment, profile: "itself").credentials().accessKeyID == "ASIA3")
        #expect(server.requests[2]["authorization"]?.contains("Credential=AKIASELF/") == true)
        let keys = ["AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "s"]
        #expect(
            try fixture.source(environment.merging(keys) { $1 }, profile: "fromenv").credentials().accessKeyID
                == "ASIA4")
        #expect(server.requests[3]["authorization"]?.contains("Credential=AKIAENV/") == true)
    }

    @Test(
        "what cannot work is told by name, and nobody is asked",
        arguments: [
            ("a", AWSError.roleLoop(["a", "b", "c", "b"])),
            ("mfa", .unsupported("`mfa_serial` in the AWS profile mfa")),
            ("both", .incompleteProfile("profile both", "it has both `source_profile` and `credential_source`")),
            ("odd", .incompleteProfile("profile odd", "`credential_source` has no `Moon`")),
            ("missing", .noProfile("nobody")),
            ("onempty", .incompleteProfile("profile onempty", "empty gives no keys")),
            ("long", .incompleteProfile("profile long", "`duration_seconds` is no number")),
            ("fromenv", .incompleteProfile("profile fromenv", "Environment gives no keys")),
        ])
    func broken(_ profile: String, _ expected: AWSError) throws {
        let server = try service()
        defer { server.stop() }
        let fixture = try CredentialFixture(config: Self.config)
        #expect(throws: expected) {
            try fixture.source(["AWS_ENDPOINT_URL_STS": server.url], profile: profile).credentials()
        }
        #expect(server.requests.isEmpty && expected.description.contains(". "))
    }

    @Test("a profile's web identity is read anew each time, and sent without a signature")
    func webIdentity() throws {
        let server = try service()
        defer { server.stop() }
        let fixture = try CredentialFixture(config: Self.config)
        try fixture.write("one\n", "token")
        let source = fixture.source(["AWS_ENDPOINT_URL_STS": server.url], profile: "identity")
        _ = try source.credentials()
        try fixture.write("two", "token")
        source.forget()
        #expect(try source.credentials().origin == "the web identity of profile identity")
        #expect(server.requests.map { formFields($0)["WebIdentityToken"] } == ["one", "two"])
        #expect(server.requests.allSatisfy { $0["authorization"] == nil })
    }

    @Test("a role on top is assumed with whatever is found, at the address that it names")
    func onTop() throws {
        let server = try service()
        defer { server.stop() }
        let fixture = try CredentialFixture(config: Self.config)
        let role = AWSRole(
            arn: "arn:aws:iam::2:role/top", externalID: "x", sessionName: "s", duration: 900, endpoint: server.url)
        let found = try fixture.source(
            ["AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9", "AWS_PROFILE": "base"], role: role
        ).credentials()
        #expect(found.accessKeyID == "ASIA1" && found.origin == "the role arn:aws:iam::2:role/top")
        #expect(formFields(server.requests[0])["DurationSeconds"] == "900")
    }

    @Test("the token service's refusal is told in its words, a fault of its own tried again")
    func refusals() throws {
        let refusal = Array(
            """
            <ErrorResponse xmlns="x"><Error><Type>Sender</Type><Code>AccessDenied</Code>
            <Message>User is not authorized</Message></Error></ErrorResponse>
            """.utf8)
        let server = try LoopbackHTTPServer([
            .response(status: 503), .response(status: 500), .response(status: 403, body: refusal),
            .response(status: 200, body: Array("<html>login</html>".utf8)),
        ])
        defer { server.stop() }
        let fixture = try CredentialFixture(config: Self.config)
        let source = fixture.source(["AWS_ENDPOINT_URL_STS": server.url], profile: "first")
        let error = #expect(throws: AWSError.self) { try source.credentials() }
        #expect(
            error == .refused("AWS's token service", status: 403, "AccessDenied: User is not authorized")
                && error?.isTransient == false)
        #expect(server.requests.count == 3)
        #expect(throws: AWSError.refused("AWS's token service", status: 200, "")) { try source.credentials() }
        server.stop()
        let gone = #expect(throws: AWSError.self) { try source.credentials() }
        #expect(gone?.isTransient == true)
    }

    @Test(
        "moto's token service takes the request and gives keys",
        .enabled(if: TestTool.areThere("moto_server"), "moto_server is not installed; scripts/test-tools.sh brings it"))
    func moto() throws {
        let server = try ServerProcess(
            try #require(TestTool.path("moto_server")),
            environment: ["PATH": TestTool.searchPath, "HOME": "/nonexistent"],
            arguments: { ["-H", "127.0.0.1", "-p", "\($0)"] })
        defer { server.stop() }
        let fixture = try CredentialFixture(config: Self.config)
        let source = fixture.source(["AWS_ENDPOINT_URL": server.url], profile: "second", now: Timestamp.now)
        let found = try source.credentials()
        #expect(found.accessKeyID.hasPrefix("ASIA") && found.sessionToken != nil)
        let life = try #require(found.expires).seconds - Timestamp.now().seconds
        #expect((3500...3610).contains(life))
        try fixture.write("token", "token")
        let identity = fixture.source(["AWS_ENDPOINT_URL": server.url], profile: "identity", now: Timestamp.now)
        #expect(try identity.credentials().accessKeyID.hasPrefix("ASIA"))
    }
}
