/// What the environment and a profile say about a destination, beside credentials.
/// - SeeAlso: AWS SDKs and Tools Reference Guide, "Settings reference".
public struct AWSSettings: Sendable, Hashable {
    /// When checksums are sent that a service does not need.
    public enum Checksums: String, Sendable, Hashable, CaseIterable {
        /// Wherever the service takes them.
        case whenSupported = "when_supported"
        /// Where it needs them.
        case whenRequired = "when_required"
    }

    /// The region: `AWS_REGION`, `AWS_DEFAULT_REGION`, `region`.
    public var region: String?
    /// S3's address, a URL: `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, `endpoint_url` of `services`, `endpoint_url`.
    public var endpoint: String?
    /// A PEM file that replaces the system's authorities: `AWS_CA_BUNDLE`, `ca_bundle`.
    public var certificateAuthorities: String?
    /// Where buckets stand: `addressing_style` of `s3`.
    public var addressing: S3Addressing?
    /// Whether the servers at the edge of AWS's network are used: `use_accelerate_endpoint` of `s3`.
    public var accelerate = false
    /// Whether servers that also answer over IPv6 are used: `AWS_USE_DUALSTACK_ENDPOINT`, `use_dualstack_endpoint`.
    public var dualstack = false
    /// Whether servers with validated cryptography are used: `AWS_USE_FIPS_ENDPOINT`, `use_fips_endpoint`.
    public var fips = false
    /// Whether bodies are signed: `payload_signing_enabled` of `s3`.
    public var signsPayload: Bool?
    /// Checksums: `AWS_REQUEST_CHECKSUM_CALCULATION`, `request_checksum_calculation`.
    public var checksums: Checksums?

    /// Nothing set.
    public init() {}

    /// What holds for a profile.
    /// - Parameters:
    ///   - environment: the variables of this process.
    ///   - profile: the profile; nil for `AWS_PROFILE`, or `default`, which need not exist.
    /// - Throws: `AWSError` for files that cannot be read, a profile that does not exist, values that mean nothing.
    public init(environment: [String: String], profile: String? = nil) throws(AWSError) {
        let profiles = try AWSProfiles(environment: environment)
        let given = profile ?? environment["AWS_PROFILE"].flatMap { $0.isEmpty ? nil : $0 }
        let name = given ?? "default"
        let section = profiles[name]
        if section == nil, given != nil { throw .noProfile(name) }
        let search = Search(environment: environment, section: section ?? [:], place: "the AWS profile \(name)")
        region = search.text(["AWS_REGION", "AWS_DEFAULT_REGION"], ["region"])?.value
        endpoint = AWSEndpoints(environment, profiles, section ?? [:]).configured("s3", "S3")
        certificateAuthorities = search.text(["AWS_CA_BUNDLE"], ["ca_bundle"]).map { profiles.place($0.value) }
        addressing = try search.choice([], ["s3.addressing_style"])
        accelerate = try search.flag([], ["s3.use_accelerate_endpoint"]) ?? false
        dualstack =
            try search.flag(["AWS_USE_DUALSTACK_ENDPOINT"], ["use_dualstack_endpoint", "s3.use_dualstack_endpoint"])
            ?? false
        fips = try search.flag(["AWS_USE_FIPS_ENDPOINT"], ["use_fips_endpoint"]) ?? false
        signsPayload = try search.flag([], ["s3.payload_signing_enabled"])
        checksums = try search.choice(["AWS_REQUEST_CHECKSUM_CALCULATION"], ["request_checksum_calculation"])
    }

    private struct Search {
        let environment: [String: String]
        let section: AWSProfiles.Section
        let place: String

        func text(_ variables: [String], _ keys: [String]) -> (value: String, place: String)? {
            for name in variables {
                if let value = environment[name], !value.isEmpty { return (value, name) }
            }
            for name in keys {
                if let value = section[name], !value.isEmpty { return (value, "`\(name)` of \(place)") }
            }
            return nil
        }

        func flag(_ variables: [String], _ keys: [String]) throws(AWSError) -> Bool? {
            guard let (value, place) = text(variables, keys) else { return nil }
            switch value.lowercased() {
            case "true": return true
            case "false": return false
            default: throw .badSetting(place, value, ["true", "false"])
            }
        }

        func choice<Choice: RawRepresentable<String> & CaseIterable>(
            _ variables: [String], _ keys: [String]
        ) throws(AWSError) -> Choice? {
            guard let (value, place) = text(variables, keys) else { return nil }
            guard let choice = Choice(rawValue: value.lowercased()) else {
                throw .badSetting(place, value, Choice.allCases.map(\.rawValue))
            }
            return choice
        }
    }
}
