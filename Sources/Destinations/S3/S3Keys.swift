internal import AWS
internal import Support
internal import Transport

/// The keys that sign: given ones, or those that a chain of places brings and renews.
final class S3Keys: Sendable {
    private enum Source {
        case given(AWSCredentials)
        case chain(AWSCredentialSource)
    }

    private let source: Source
    private let cancellation: CancellationFlag

    /// Keys as the settings say.
    ///
    /// Machines are asked where the destination is AWS's own, as only there they have services that give keys.
    init(_ settings: S3Settings, isAWS: Bool, connection: ConnectionOptions, environment: DestinationEnvironment) {
        cancellation = environment.cancellation
        var direct = connection.transport
        direct.proxy = .none
        let remote = Transport(version: environment.version, settings: connection.transport)
        let local = Transport(version: environment.version, settings: direct)
        switch settings.keys {
        case .given(let keys):
            guard let role = settings.role else {
                source = .given(keys)
                return
            }
            var variables = environment.variables
            variables["AWS_ACCESS_KEY_ID"] = keys.accessKeyID
            variables["AWS_SECRET_ACCESS_KEY"] = keys.secretKey.reveal()
            variables["AWS_SESSION_TOKEN"] = keys.sessionToken?.reveal()
            source = .chain(
                AWSCredentialSource(
                    environment: variables, region: settings.region, role: role, asksMachine: false, remote: remote,
                    local: local, now: environment.now))
        case .chain(let profile, let asksMachine):
            source = .chain(
                AWSCredentialSource(
                    environment: environment.variables, profile: profile, region: settings.region,
                    role: settings.role, asksMachine: asksMachine ?? isAWS, remote: remote, local: local,
                    now: environment.now))
        }
    }

    /// Keys that are valid now.
    func current(
        _ operation: DestinationError.Operation, _ object: String?, at label: String
    ) throws(DestinationError) -> AWSCredentials {
        switch source {
        case .given(let keys): return keys
        case .chain(let source):
            do throws(AWSError) {
                return try source.credentials(cancellation)
            } catch {
                let kind: DestinationError.Kind =
                    switch error {
                    case .cancelled: .cancelled
                    case _ where error.isTransient: .transient
                    default: .authentication
                    }
                let words = "\(error)"
                // A sentence of cause, and the rest is advice.
                let end = words.firstRange(of: ". ")
                throw DestinationError(
                    kind, operation, object: object, at: label,
                    detail: String(words[..<(end?.lowerBound ?? words.endIndex)]),
                    advice: end.map { String(words[$0.upperBound...]) })
            }
        }
    }

    /// Lets keys go that a server refused as expired.
    /// - Returns: whether there can be others.
    func renew(_ refused: AWSCredentials) -> Bool {
        guard case .chain(let source) = source, refused.sessionToken != nil || refused.expires != nil else {
            return false
        }
        source.forget(refused)
        return true
    }
}
