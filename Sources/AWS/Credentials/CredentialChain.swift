internal import Support

/// The places where AWS's own programs look for keys, in their order.
struct CredentialChain {
    let surroundings: CredentialSurroundings
    /// The profile that the user has named; the environment's keys are then not looked at.
    let profile: String?
    /// Where the token service is asked; nil for what the environment or the profile says.
    let region: String?
    /// Whether the services of containers and machines are asked.
    let asksMachine: Bool

    /// The first keys that are found.
    func find() throws(AWSError) -> AWSCredentials {
        if profile == nil {
            if let found = try EnvironmentCredentials(surroundings: surroundings).find() { return found }
            if let found = try webIdentity() { return found }
        }
        let profiles = try AWSProfiles(environment: surroundings.environment)
        let given = profile ?? surroundings.variable("AWS_PROFILE")
        let name = given ?? "default"
        if given != nil || profiles[name] != nil {
            let region = region ?? environmentRegion
            let search = ProfileCredentials(surroundings: surroundings, profiles: profiles, region: region)
            if let found = try search.find(name) { return found }
        }
        var places = ["environment", "web identity", "profile"]
        if asksMachine {
            if let found = try ContainerCredentials(surroundings: surroundings).find() { return found }
            let machine = InstanceCredentials(surroundings: surroundings, settings: profiles[name] ?? [:])
            if let found = try machine.find() { return found }
            places += ["container", "machine"]
        }
        throw .noCredentials(profile == nil ? places : Array(places.dropFirst(2)))
    }

    /// The keys of a role, with the keys that are found.
    func find(as role: AWSRole) throws(AWSError) -> AWSCredentials {
        let keys = try find()
        return try tokenService(role.endpoint).assume(role, with: keys, origin: "the role \(role.arn)")
    }

    private func webIdentity() throws(AWSError) -> AWSCredentials? {
        guard let file = surroundings.variable("AWS_WEB_IDENTITY_TOKEN_FILE"),
            let arn = surroundings.variable("AWS_ROLE_ARN")
        else { return nil }
        var role = AWSRole(arn: arn)
        if let session = surroundings.variable("AWS_ROLE_SESSION_NAME") { role.sessionName = session }
        return try tokenService(nil).assume(
            role, webIdentity: try surroundings.token(file), origin: "a web identity")
    }

    private func tokenService(_ given: String?) throws(AWSError) -> TokenService {
        let profiles = try AWSProfiles(environment: surroundings.environment)
        let settings = profiles[profile ?? surroundings.variable("AWS_PROFILE") ?? "default"] ?? [:]
        let region = region ?? environmentRegion ?? settings["region"] ?? "us-east-1"
        let endpoint =
            given ?? AWSEndpoints(surroundings.environment, profiles, settings).configured("sts", "STS")
            ?? "https://sts.\(region).\(AWSHosts.suffix(of: region))"
        return TokenService(surroundings: surroundings, endpoint: endpoint, region: region)
    }

    private var environmentRegion: String? {
        surroundings.variable("AWS_REGION") ?? surroundings.variable("AWS_DEFAULT_REGION")
    }
}
