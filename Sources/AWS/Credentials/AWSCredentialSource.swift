public import Support
internal import Synchronization
public import Transport

/// Finds credentials where AWS's own programs do, and keeps them until shortly before they end.
///
/// The order: what the caller gives, the environment, a web identity (Kubernetes), a profile of the files, the
/// container's service, the machine's (IMDSv2). The first place that has any decides; halves of pairs are errors.
/// Safe to use from any thread; asking services blocks.
public final class AWSCredentialSource: Sendable {
    private let environment: [String: String]
    private let profile: String?
    private let region: String?
    private let now: @Sendable () -> Timestamp
    private let remote: Transport
    private let local: Transport
    private let kept = Mutex<AWSCredentials?>(nil)

    /// A source.
    /// - Parameters:
    ///   - environment: the variables of this process.
    ///   - profile: the profile to use; the environment's keys are then not looked at.
    ///   - region: where a web identity is exchanged; nil for the environment's.
    ///   - remote: talks to services on the network.
    ///   - local: talks to the own machine, without a proxy.
    ///   - now: the clock.
    public init(
        environment: [String: String], profile: String? = nil, region: String? = nil, remote: Transport,
        local: Transport, now: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) {
        self.environment = environment
        self.profile = profile
        self.region = region
        self.remote = remote
        self.local = local
        self.now = now
    }

    /// Credentials that are valid for another five minutes.
    public func credentials(_ cancellation: CancellationFlag? = nil) throws(AWSError) -> AWSCredentials {
        let time = now()
        if let kept = kept.withLock({ $0 }), kept.isFresh(at: time) { return kept }
        do throws(AWSError) {
            let found = try find(cancellation)
            kept.withLock { $0 = found }
            return found
        } catch {
            // What is still valid for a moment is better than nothing.
            if let kept = kept.withLock({ $0 }), let expires = kept.expires, time < expires { return kept }
            throw error
        }
    }

    /// Forgets what is kept, for keys that a server refuses.
    public func forget() { kept.withLock { $0 = nil } }

    /// The region of the environment or the profile.
    public static func region(
        environment: [String: String], profile: String? = nil
    ) throws(AWSError) -> String {
        for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
            if let region = environment[name], !region.isEmpty { return region }
        }
        let name = profile ?? environment["AWS_PROFILE"] ?? "default"
        guard let region = try AWSProfiles(environment: environment)[name]?["region"] else { throw .noRegion }
        return region
    }

    private func find(_ cancellation: CancellationFlag?) throws(AWSError) -> AWSCredentials {
        if profile == nil, let found = try ofEnvironment() { return found }
        if profile == nil, let found = try webIdentity(cancellation) { return found }
        if let found = try ofProfile() { return found }
        let services = MachineCredentials(environment: environment, client: local)
        if let found = try services.ofContainer(cancellation) { return found }
        if let found = try services.ofMachine(cancellation) { return found }
        throw .noCredentials(["environment", "web identity", "profile", "container", "machine"])
    }

    private func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

    private func ofEnvironment() throws(AWSError) -> AWSCredentials? {
        let pair = (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"))
        switch pair {
        case (nil, nil): return nil
        case (let id?, let key?):
            return AWSCredentials(
                accessKeyID: id, secretKey: Secret(key),
                sessionToken: variable("AWS_SESSION_TOKEN").map { Secret($0) }, origin: "the environment")
        default: throw .halfPair("the environment")
        }
    }

    private func ofProfile() throws(AWSError) -> AWSCredentials? {
        let name = profile ?? variable("AWS_PROFILE")
        guard let settings = try AWSProfiles(environment: environment)[name ?? "default"] else {
            if let name { throw .noProfile(name) }
            return nil
        }
        let place = "profile \(name ?? "default")"
        switch (settings["aws_access_key_id"], settings["aws_secret_access_key"]) {
        case (let id?, let key?):
            return AWSCredentials(
                accessKeyID: id, secretKey: Secret(key),
                sessionToken: settings["aws_session_token"].map { Secret($0) }, origin: place)
        case (nil, nil):
            let others = ["role_arn", "credential_process", "sso_session", "sso_start_url", "web_identity_token_file"]
            if let other = others.first(where: { settings[$0] != nil }) {
                throw .unsupported("`\(other)` in the AWS \(place)")
            }
            return nil
        default: throw .halfPair(place)
        }
    }

    private func webIdentity(_ cancellation: CancellationFlag?) throws(AWSError) -> AWSCredentials? {
        guard let file = variable("AWS_WEB_IDENTITY_TOKEN_FILE"), let role = variable("AWS_ROLE_ARN") else {
            return nil
        }
        let region = if let region = self.region { region } else { try Self.region(environment: environment) }
        let endpoint =
            variable("AWS_ENDPOINT_URL_STS") ?? variable("AWS_ENDPOINT_URL")
            ?? "https://sts.\(region).\(AWSHosts.suffix(of: region))"
        return try WebIdentity(
            tokenFile: file, role: role, session: variable("AWS_ROLE_SESSION_NAME") ?? "dunnage", endpoint: endpoint,
            client: remote
        ).credentials(cancellation)
    }
}
