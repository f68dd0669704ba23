import AWS
import JSON
import Support
import TestSupport
import Testing
import Transport

@testable import Secrets

/// Against a real server: moto, which is AWS's services in Python.
@Suite(.enabled(if: TestTool.areThere("moto_server"), "moto_server is not installed; scripts/test-tools.sh brings it"))
struct AWSSecretTests {
    private static let environment = [
        "AWS_ACCESS_KEY_ID": "testkey", "AWS_SECRET_ACCESS_KEY": "testsecret", "AWS_REGION": "eu-central-1",
    ]

    private func call(_ url: String, _ service: String, _ target: String, _ body: String) throws {
        let keys = AWSCredentials(accessKeyID: "testkey", secretKey: Secret("testsecret"), origin: "test")
        let request = try SigV4(region: "eu-central-1", service: service).sign(
            SigV4.Input(
                .post, endpoint: url,
                headers: ["Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target],
                body: Array(body.utf8)), with: keys, at: .now())
        let answer = try Transport(version: "test", usesProxies: false).send(request)
        try #require(answer.isSuccess, "\(String(decoding: answer.body, as: UTF8.self))")
    }

    @Test("secrets and parameters are found, in whole and by key, and what is wrong is told")
    func values() throws {
        let server = try ServerProcess(
            try #require(TestTool.path("moto_server")), environment: ["PATH": "/usr/bin:/bin"]
        ) { ["-H", "127.0.0.1", "-p", "\($0)"] }
        try call(
            server.url, "secretsmanager", "secretsmanager.CreateSecret",
            #"{"Name": "backup/nas", "SecretString": "{\"passphrase\": \"p w\", \"n\": 1}", "ClientRequestToken": "11111111-1111-1111-1111-111111111111"}"#
        )
        try call(
            server.url, "secretsmanager", "secretsmanager.CreateSecret",
            #"{"Name": "binary", "SecretBinary": "Z2VoZWlt", "ClientRequestToken": "21111111-1111-1111-1111-111111111111"}"#
        )
        try call(
            server.url, "ssm", "AmazonSSM.PutParameter",
            #"{"Name": "/backup/nas", "Value": "from ssm\n", "Type": "SecureString"}"#)
        let account = AWSAccount(url: server.url)
        func secret(_ name: String, _ key: String? = nil) -> SecretSource {
            .awsSecretsManager(AWSManagedSecret(name: name, key: key, account: account))
        }
        func fetch(_ source: SecretSource) throws -> String {
            try SecretKit.fetch(source, environment: Self.environment)
        }
        #expect(try fetch(secret("backup/nas", "passphrase")) == "p w")
        #expect(try fetch(secret("backup/nas")) == #"{"passphrase": "p w", "n": 1}"#)
        #expect(try fetch(secret("binary")) == "geheim")
        #expect(try fetch(.awsParameter(AWSParameter(name: "/backup/nas", account: account))) == "from ssm")
        #expect(
            try fetch(.awsParameter(AWSParameter(name: "/backup/nas:1", account: account))) == "from ssm")

        func cause(_ source: SecretSource) -> SecretProviderFailure.Cause? {
            SecretKit.cause(source, environment: Self.environment)
        }
        #expect(cause(secret("none")) == .missing)
        #expect(cause(secret("backup/nas", "pass")) == .keyMissing("pass", similar: nil))
        #expect(cause(.awsParameter(AWSParameter(name: "/none", account: account))) == .missing)

        let provider = "awssm://?secrets=binary,backup/nas&service-url=\(server.url)&region=eu-central-1"
        let duplicati = DuplicatiSecret(url: Template("\(provider)&access-id=a&secret-key=b%2Bc"), key: "PASSPHRASE")
        #expect(cause(.duplicati(duplicati)) == .malformed("it is not JSON, from byte 0 on"))
        let maps = provider.replacing("binary,", with: "")
        #expect(
            try fetch(.duplicati(DuplicatiSecret(url: Template("\(maps)&access-id=a&secret-key=b"), key: "PASSPHRASE")))
                == "p w")
    }
}

/// Answers that moto does not give: against a double, written from the error lists of AWS's documentation.
@Suite struct AWSDoubleTests {
    private static let environment = [
        "AWS_ACCESS_KEY_ID": "testkey", "AWS_SECRET_ACCESS_KEY": "testsecret", "AWS_REGION": "eu-central-1",
    ]

    private func cause(_ reply: LoopbackHTTPServer.Reply) throws -> SecretProviderFailure.Cause? {
        let server = try LoopbackHTTPServer([reply])
        defer { server.stop() }
        let source = SecretSource.awsSecretsManager(
            AWSManagedSecret(name: "a", key: nil, account: AWSAccount(url: server.url)))
        return SecretKit.cause(source, environment: Self.environment)
    }

    @Test("each refusal has its meaning")
    func refusals() throws {
        #expect(
            try cause(SecretKit.reply(400, #"{"__type": "AccessDeniedException", "Message": "not authorized"}"#))
                == .forbidden("AccessDeniedException: not authorized"))
        #expect(
            try cause(
                SecretKit.reply(
                    400, #"{"__type": "com.amazon.coral#UnrecognizedClientException", "message": "bad token"}"#))
                == .rejected("UnrecognizedClientException: bad token"))
        #expect(
            try cause(SecretKit.reply(400, #"{"__type": "ThrottlingException"}"#))
                == .unavailable(status: 400, "ThrottlingException"))
        #expect(
            try cause(SecretKit.reply(400, #"{"__type": "DecryptionFailure", "Message": "no key"}"#))
                == .unexpected(status: 400, "DecryptionFailure: no key"))
    }

    @Test("without credentials or a region nothing is asked")
    func unconfigured() throws {
        let server = try LoopbackHTTPServer([.hangUp])
        defer { server.stop() }
        let source = SecretSource.awsSecretsManager(
            AWSManagedSecret(name: "a", key: nil, account: AWSAccount(url: server.url)))
        let alone = ["AWS_EC2_METADATA_DISABLED": "true"]
        for environment in [
            alone, alone.merging(["AWS_REGION": "r"]) { $1 }, ["AWS_REGION": "r", "AWS_ACCESS_KEY_ID": "a"],
        ] {
            guard case .notConfigured = SecretKit.cause(source, environment: environment) else {
                Issue.record("\(environment) was enough")
                continue
            }
        }
        #expect(server.requests.isEmpty)
    }
}
