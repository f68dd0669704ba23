internal import AWS
internal import Support
internal import Synchronization

/// The sources of AWS credentials of a store, one for each profile and region.
final class AWSLogins: Sendable {
    private let sources = Mutex<[String: AWSCredentialSource]>([:])

    /// The source for a profile, or for the environment.
    func source(profile: String?, region: String, _ session: SecretSession) -> AWSCredentialSource {
        sources.withLock { sources in
            let key = "\(profile ?? "") \(region)"
            if let source = sources[key] { return source }
            let clients = session.clients
            let source = AWSCredentialSource(
                environment: session.surroundings.environment, profile: profile, region: region,
                remote: clients.client(certificateAuthorities: session.variable("AWS_CA_BUNDLE")),
                local: clients.client(usesProxies: false), now: session.surroundings.now)
            sources[key] = source
            return source
        }
    }
}
