import TestSupport
import Testing

@testable import AWS

@Suite struct AWSSettingsTests {
    private static let config = """
        [default]
        region = eu-west-1
        [profile "my nas"]
        region = eu-north-1
        endpoint_url = https://all.example
        ca_bundle = ~/ca.pem
        services = local
        use_dualstack_endpoint = true
        s3 =
          addressing_style = path
          use_accelerate_endpoint = true
          payload_signing_enabled = false
          # a comment
          max_concurrent_requests = 20
        request_checksum_calculation = when_required
        [profile plain]
        endpoint_url = https://all.example
        [profile wrong]
        s3 =
            addressing_style = sideways
        [profile yes]
        use_fips_endpoint = yes
        [services local]
        s3 =
          endpoint_url = http://nas:9000
        dynamodb =
          endpoint_url = http://nas:8000
        """

    private func settings(_ more: [String: String] = [:], profile: String? = nil) throws -> AWSSettings {
        let fixture = try CredentialFixture(config: Self.config)
        return try AWSSettings(environment: fixture.environment.merging(more) { $1 }, profile: profile)
    }

    @Test("a profile's settings are read, also those that are indented below a service")
    func profile() throws {
        let found = try settings(profile: "my nas")
        #expect(found.region == "eu-north-1" && found.endpoint == "http://nas:9000")
        #expect(
            found.certificateAuthorities?.hasSuffix("/ca.pem") == true && found.certificateAuthorities?.first == "/")
        #expect(found.addressing == .path && found.accelerate && found.dualstack && !found.fips)
        #expect(found.signsPayload == false && found.checksums == .whenRequired)
        #expect(try settings(profile: "plain").endpoint == "https://all.example")
        var usual = AWSSettings()
        usual.region = "eu-west-1"
        #expect(try settings() == usual)
        #expect(try AWSSettings(environment: [:]) == AWSSettings())
    }

    @Test("the environment comes before the profile, and a service's variable before that for all")
    func environment() throws {
        var variables = [
            "AWS_PROFILE": "my nas", "AWS_DEFAULT_REGION": "b", "AWS_ENDPOINT_URL": "https://every",
            "AWS_CA_BUNDLE": "/etc/ca.pem", "AWS_USE_FIPS_ENDPOINT": "TRUE", "AWS_USE_DUALSTACK_ENDPOINT": "false",
            "AWS_REQUEST_CHECKSUM_CALCULATION": "WHEN_SUPPORTED",
        ]
        var found = try settings(variables)
        #expect(
            found.region == "b" && found.endpoint == "https://every" && found.certificateAuthorities == "/etc/ca.pem")
        #expect(found.fips && !found.dualstack && found.checksums == .whenSupported)
        variables["AWS_ENDPOINT_URL_S3"] = "https://s3"
        variables["AWS_REGION"] = "a"
        found = try settings(variables)
        #expect(found.region == "a" && found.endpoint == "https://s3")
        variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true"
        #expect(try settings(variables).endpoint == nil)
    }

    @Test("values that mean nothing are refused, with their place and what they may be")
    func nonsense() throws {
        #expect(
            throws: AWSError.badSetting(
                "`s3.addressing_style` of the AWS profile wrong", "sideways", ["auto", "path", "virtual"])
        ) { try settings(profile: "wrong") }
        #expect(
            throws: AWSError.badSetting("`use_fips_endpoint` of the AWS profile yes", "yes", ["true", "false"])
        ) { try settings(profile: "yes") }
        #expect(throws: AWSError.badSetting("AWS_USE_FIPS_ENDPOINT", "1", ["true", "false"])) {
            try settings(["AWS_USE_FIPS_ENDPOINT": "1"])
        }
        #expect(throws: AWSError.noProfile("none")) { try settings(profile: "none") }
        #expect(throws: AWSError.noProfile("none")) { try settings(["AWS_PROFILE": "none"]) }
    }
}
