import Support
import TestSupport
import Testing
import Transport

@testable import AWS

/// The metadata service of EC2 and what of it is not asked.
@Suite struct MachineCredentialTests {
    private func server(tokenStatus: Int) throws -> LoopbackHTTPServer {
        try LoopbackHTTPServer { request, _ in
            switch request.target {
            case "/latest/api/token": .response(status: tokenStatus, body: Array("session".utf8))
            case "/latest/meta-data/iam/security-credentials/": .response(status: 200, body: Array("my role".utf8))
            case "/latest/meta-data/iam/security-credentials/my%20role":
                CredentialFixture.keys(1, until: "2027-01-15T09:00:00Z")
            default: .response(status: 404)
            }
        }
    }

    @Test(
        "an old service without session tokens is asked without one, unless that is switched off",
        arguments: [403, 404, 405])
    func versionOne(_ status: Int) throws {
        let server = try server(tokenStatus: status)
        defer { server.stop() }
        let fixture = try CredentialFixture()
        let variables = ["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url]
        #expect(try fixture.source(variables, asksMachine: true).credentials().accessKeyID == "id1")
        #expect(server.requests.allSatisfy { $0["x-aws-ec2-metadata-token"] == nil })
        let strict = variables.merging(["AWS_EC2_METADATA_V1_DISABLED": "true"]) { $1 }
        #expect(throws: AWSError.refused("the machine's metadata service", status: status, "no session token")) {
            try fixture.source(strict, asksMachine: true).credentials()
        }
    }

    @Test("a service that refuses session tokens for another reason is not asked without")
    func refused() throws {
        let server = try server(tokenStatus: 400)
        defer { server.stop() }
        #expect(throws: AWSError.refused("the machine's metadata service", status: 400, "no session token")) {
            try CredentialFixture().source(["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url], asksMachine: true)
                .credentials()
        }
        #expect(server.requests.count == 1)
    }

    @Test("neither machine nor container is asked unless the caller wants it, but a profile can want the machine")
    func unasked() throws {
        let server = try server(tokenStatus: 200)
        defer { server.stop() }
        let fixture = try CredentialFixture(
            config: "[profile ec2]\nrole_arn = arn\ncredential_source = Ec2InstanceMetadata\n"
                + "[profile ecs]\nrole_arn = arn\ncredential_source = EcsContainer\n")
        let variables = [
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url, "AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(server.url)/",
        ]
        #expect(throws: AWSError.noCredentials(["environment", "web identity", "profile"])) {
            try fixture.source(variables).credentials()
        }
        #expect(server.requests.isEmpty)
        let service = try LoopbackHTTPServer([CredentialFixture.role(7)])
        defer { service.stop() }
        let found = try fixture.source(variables.merging(["AWS_ENDPOINT_URL_STS": service.url]) { $1 }, profile: "ec2")
            .credentials()
        #expect(found.accessKeyID == "ASIA7" && server.requests.count == 3)
        #expect(service.requests[0]["authorization"]?.contains("Credential=id1/") == true)
    }

    @Test("the address is the one that is set, or one of two")
    func addresses() throws {
        func base(_ environment: [String: String], _ settings: [String: String] = [:]) -> String {
            let client = Transport(version: "test", usesProxies: false)
            let surroundings = CredentialSurroundings(
                environment: environment, remote: client, local: client, now: Timestamp.now, cancellation: nil)
            return InstanceCredentials(surroundings: surroundings, settings: settings).base
        }
        #expect(base([:]) == "http://169.254.169.254")
        #expect(base(["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6"]) == "http://[fd00:ec2::254]")
        #expect(base([:], ["ec2_metadata_service_endpoint_mode": "ipv6"]) == "http://[fd00:ec2::254]")
        #expect(
            base(["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv4"], ["ec2_metadata_service_endpoint_mode": "IPv6"])
                == "http://169.254.169.254")
        #expect(base([:], ["ec2_metadata_service_endpoint": "http://host/"]) == "http://host")
    }

    @Test("a machine without a role, or that is none, has no keys")
    func nothing() throws {
        let roleless = try LoopbackHTTPServer { request, _ in
            request.method == "PUT" ? .response(status: 200, body: Array("s".utf8)) : .response(status: 404)
        }
        let fixture = try CredentialFixture()
        let places = ["environment", "web identity", "profile", "container", "machine"]
        let variables = ["AWS_EC2_METADATA_SERVICE_ENDPOINT": roleless.url]
        #expect(throws: AWSError.noCredentials(places)) {
            try fixture.source(variables, asksMachine: true).credentials()
        }
        roleless.stop()
        #expect(throws: AWSError.noCredentials(places)) {
            try fixture.source(variables, asksMachine: true).credentials()
        }
    }
}
