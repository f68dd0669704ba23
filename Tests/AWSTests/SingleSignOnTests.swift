import Cryptography
import Glibc
import JSON
import Support
import TestSupport
import Testing

@testable import AWS

/// Single sign-on; portal and login service are doubles, written from AWS's API references.
@Suite struct SingleSignOnTests {
    private static let config = """
        [profile new]
        sso_session = corp
        sso_account_id = 123456789012
        sso_role_name = Backup Role
        [sso-session corp]
        sso_region = eu-west-1
        sso_start_url = https://corp.awsapps.com/start
        [profile old]
        sso_start_url = https://corp.awsapps.com/start
        sso_region = eu-west-1
        sso_account_id = 123456789012
        sso_role_name = Backup Role
        [profile half]
        sso_session = corp
        sso_account_id = 123456789012
        [profile lost]
        sso_session = none
        """

    private static let keys =
        #"{"roleCredentials": {"accessKeyId": "id", "secretAccessKey": "key", "sessionToken": "t", "expiration": 1800003600000}}"#

    private static func cache(_ key: String) -> String {
        ".aws/sso/cache/\(HashContext(.sha1).hash(Array(key.utf8)).hex).json"
    }

    private static func login(_ end: String, _ more: String = "") -> String {
        #"{"startUrl": "https://corp.awsapps.com/start", "accessToken": "old token", "expiresAt": "\#(end)"\#(more)}"#
    }

    private static let client =
        #", "clientId": "c", "clientSecret": "s", "refreshToken": "r1", "registrationExpiresAt": "2027-03-01T00:00:00Z""#

    private func server() throws -> LoopbackHTTPServer {
        try LoopbackHTTPServer { request, _ in
            switch (request.method, request.target) {
            case ("GET", "/federation/credentials?role_name=Backup%20Role&account_id=123456789012"):
                return ["old token", "new token"].contains(request["x-amz-sso_bearer_token"])
                    ? .response(status: 200, body: Array(Self.keys.utf8)) : .response(status: 401)
            case ("POST", "/token"):
                let body = try? JSONValue(parsing: request.body)
                guard body?["grantType"]?.string == "refresh_token", body?["clientId"]?.string == "c",
                    body?["clientSecret"]?.string == "s", body?["refreshToken"]?.string == "r1"
                else { return .response(status: 400, body: Array(#"{"error": "invalid_grant"}"#.utf8)) }
                return .response(
                    status: 200,
                    body: Array(#"{"accessToken": "new token", "expiresIn": 28800, "refreshToken": "r2"}"#.utf8))
            default: return .response(status: 404)
            }
        }
    }

    private func variables(_ server: LoopbackHTTPServer) -> [String: String] {
        ["AWS_ENDPOINT_URL_SSO": server.url, "AWS_ENDPOINT_URL_SSO_OIDC": server.url]
    }

    @Test("a login of the command line gives a role's keys, under the session's name or the old way's URL")
    func login() throws {
        let server = try server()
        defer { server.stop() }
        for (profile, key) in [("new", "corp"), ("old", "https://corp.awsapps.com/start")] {
            let fixture = try CredentialFixture(config: Self.config)
            #expect(throws: AWSError.signOn(profile)) {
                try fixture.source(variables(server), profile: profile).credentials()
            }
            try fixture.write(Self.login("2027-01-15T12:00:00UTC"), Self.cache(key))
            let found = try fixture.source(variables(server), profile: profile).credentials()
            #expect(found.accessKeyID == "id" && found.sessionToken?.reveal() == "t")
            #expect(found.expires == Timestamp(seconds: 1_800_003_600))
        }
        #expect(server.requests.count == 2)
    }

    @Test("a login that ends is prolonged, and kept for the command line and the next run")
    func prolonging() throws {
        let server = try server()
        defer { server.stop() }
        for end in ["2027-01-15T07:00:00Z", "2027-01-15T08:10:00Z"] {
            let fixture = try CredentialFixture(config: Self.config)
            try fixture.write(Self.login(end, Self.client), Self.cache("corp"))
            _ = try fixture.source(variables(server), profile: "new").credentials()
            #expect(server.requests.last?["x-amz-sso_bearer_token"] == "new token")
            let kept = try JSONValue(parsing: try fixture.read(Self.cache("corp")))
            #expect(kept["accessToken"]?.string == "new token" && kept["refreshToken"]?.string == "r2")
            #expect(kept["expiresAt"]?.string == "2027-01-15T16:00:00Z" && kept["clientId"]?.string == "c")
            var status = stat()
            #expect(
                stat("\(fixture.folder.path)/\(Self.cache("corp"))", &status) == 0 && status.st_mode & 0o777 == 0o600)
        }
    }

    @Test(
        "a login that has ended and cannot be prolonged asks for a new one",
        arguments: [
            ("new", "corp", ""), ("new", "corp", client.replacing("r1", with: "used")),
            ("new", "corp", client.replacing("2027-03", with: "2027-01")),
            ("old", "https://corp.awsapps.com/start", client),
        ])
    func ended(_ profile: String, _ key: String, _ more: String) throws {
        let server = try server()
        defer { server.stop() }
        let fixture = try CredentialFixture(config: Self.config)
        try fixture.write(Self.login("2027-01-15T07:59:59Z", more), Self.cache(key))
        let error = #expect(throws: AWSError.signOn(profile)) {
            try fixture.source(variables(server), profile: profile).credentials()
        }
        #expect(error?.description.contains("aws sso login --profile \(profile)") == true)
        #expect(server.requests.allSatisfy { $0.method == "POST" })
    }

    @Test("a login that still holds for a moment is used when it cannot be prolonged, and a refused one is told")
    func lastMoments() throws {
        let server = try server()
        defer { server.stop() }
        let fixture = try CredentialFixture(config: Self.config)
        try fixture.write(Self.login("2027-01-15T08:01:00Z"), Self.cache("corp"))
        #expect(try fixture.source(variables(server), profile: "new").credentials().accessKeyID == "id")
        try fixture.write(
            Self.login("2027-01-15T12:00:00Z").replacing("old token", with: "revoked"), Self.cache("corp"))
        #expect(throws: AWSError.signOn("new")) { try fixture.source(variables(server), profile: "new").credentials() }
        try fixture.write("no JSON", Self.cache("corp"))
        #expect(throws: AWSError.unreadable("\(fixture.folder.path)/\(Self.cache("corp"))", "it is not JSON")) {
            try fixture.source(variables(server), profile: "new").credentials()
        }
    }

    @Test("what a profile lacks for single sign-on is named")
    func lacking() throws {
        let fixture = try CredentialFixture(config: Self.config)
        #expect(throws: AWSError.incompleteProfile("profile half", "`sso_role_name` is missing")) {
            try fixture.source(profile: "half").credentials()
        }
        #expect(throws: AWSError.incompleteProfile("profile lost", "there is no [sso-session none]")) {
            try fixture.source(profile: "lost").credentials()
        }
    }
}
