/// Addresses of services that the user has set, in the environment or in a profile.
/// - SeeAlso: AWS SDKs and Tools Reference Guide, "Service-specific endpoints".
struct AWSEndpoints {
    private let environment: [String: String]
    private let profiles: AWSProfiles?
    private let settings: AWSProfiles.Section

    init(_ environment: [String: String], _ profiles: AWSProfiles?, _ settings: AWSProfiles.Section) {
        self.environment = environment
        self.profiles = profiles
        self.settings = settings
    }

    /// The address of a service, which has a name in profiles (`s3`) and one in variables (`S3`); nil for none.
    func configured(_ service: String, _ variable: String) -> String? {
        let ignores = environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] ?? settings["ignore_configured_endpoint_urls"]
        guard ignores?.lowercased() != "true" else { return nil }
        for key in ["AWS_ENDPOINT_URL_\(variable)", "AWS_ENDPOINT_URL"] {
            if let url = environment[key], !url.isEmpty { return url }
        }
        return profiles?.endpoint(service, profile: settings)
    }
}
