internal import Support

/// The keys that a profile gives, in whichever way it does.
struct ProfileCredentials {
    let surroundings: CredentialSurroundings
    let profiles: AWSProfiles
    /// Where the token service is asked, when the profile does not say it.
    let region: String?

    /// The keys of a profile, for the roles of those that were `passed`; nil when it has none.
    func find(_ name: String, after passed: [String] = []) throws(AWSError) -> AWSCredentials? {
        guard let settings = profiles[name] else { throw .noProfile(name) }
        let place = "profile \(name)"
        // A profile may stand on its own keys; that is no loop, and its role is not assumed twice.
        if settings["role_arn"] != nil, passed.last != name {
            return try role(name, settings, place, passed)
        }
        if settings["sso_session"] != nil || settings["sso_start_url"] != nil {
            return try SingleSignOn(
                surroundings: surroundings, profiles: profiles, settings: settings, place: place, profile: name
            ).find()
        }
        switch (settings["aws_access_key_id"], settings["aws_secret_access_key"]) {
        case (let id?, let key?):
            return AWSCredentials(
                accessKeyID: id, secretKey: Secret(key),
                sessionToken: settings["aws_session_token"].map { Secret($0) }, origin: place)
        case (nil, nil): break
        default: throw .halfPair(place)
        }
        guard let command = settings["credential_process"] else { return nil }
        return try CredentialProgram(surroundings: surroundings, command: command, place: place).run()
    }

    // MARK: Roles

    private func role(
        _ name: String, _ settings: AWSProfiles.Section, _ place: String, _ passed: [String]
    ) throws(AWSError) -> AWSCredentials {
        let chain = passed + [name]
        if passed.contains(name) { throw .roleLoop(chain) }
        if settings["mfa_serial"] != nil { throw .unsupported("`mfa_serial` in the AWS \(place)") }
        let role = try role(settings, place)
        let service = tokenService(settings)
        if let file = settings["web_identity_token_file"] {
            return try service.assume(
                role, webIdentity: try surroundings.token(profiles.place(file)), origin: "the web identity of \(place)")
        }
        let keys: AWSCredentials?
        switch (settings["source_profile"], settings["credential_source"]) {
        case (let source?, nil): keys = try find(source, after: chain)
        case (nil, let source?): keys = try named(source, settings, place)
        case (nil, nil):
            throw .incompleteProfile(place, "a role needs `source_profile` or `credential_source`")
        default: throw .incompleteProfile(place, "it has both `source_profile` and `credential_source`")
        }
        guard let keys else {
            throw .incompleteProfile(
                place, "\(settings["source_profile"] ?? settings["credential_source"] ?? "") gives no keys")
        }
        return try service.assume(role, with: keys, origin: "the role of \(place)")
    }

    private func role(_ settings: AWSProfiles.Section, _ place: String) throws(AWSError) -> AWSRole {
        var role = AWSRole(arn: settings["role_arn"] ?? "", externalID: settings["external_id"])
        if let session = settings["role_session_name"] { role.sessionName = session }
        if let text = settings["duration_seconds"] {
            guard let duration = Int(text), duration > 0 else {
                throw .incompleteProfile(place, "`duration_seconds` is no number")
            }
            role.duration = duration
        }
        return role
    }

    private func tokenService(_ settings: AWSProfiles.Section) -> TokenService {
        let region = region ?? settings["region"] ?? "us-east-1"
        let endpoint =
            AWSEndpoints(surroundings.environment, profiles, settings).configured("sts", "STS")
            ?? "https://sts.\(region).\(AWSHosts.suffix(of: region))"
        return TokenService(surroundings: surroundings, endpoint: endpoint, region: region)
    }

    /// The keys of a `credential_source`.
    private func named(
        _ source: String, _ settings: AWSProfiles.Section, _ place: String
    ) throws(AWSError) -> AWSCredentials? {
        switch source.lowercased() {
        case "environment": try EnvironmentCredentials(surroundings: surroundings).find()
        case "ec2instancemetadata":
            try InstanceCredentials(surroundings: surroundings, settings: settings).find()
        case "ecscontainer": try ContainerCredentials(surroundings: surroundings).find()
        default: throw .incompleteProfile(place, "`credential_source` has no `\(source)`")
        }
    }
}
