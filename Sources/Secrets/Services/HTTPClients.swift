internal import Support
internal import Synchronization
internal import Transport

/// The HTTP clients of a store, one for each way to check certificates.
final class HTTPClients: Sendable {
    private struct Key: Hashable {
        let certificateAuthorities: String?
        let usesProxies: Bool
    }

    private let version: String
    private let clients = Mutex<[Key: Transport]>([:])

    init(version: String) {
        self.version = version
    }

    /// A client that trusts the system's authorities, or those of a PEM file.
    ///
    /// Proxies are of no use for addresses of the own machine.
    func client(certificateAuthorities: String? = nil, usesProxies: Bool = true) -> Transport {
        let key = Key(certificateAuthorities: certificateAuthorities, usesProxies: usesProxies)
        return clients.withLock { clients in
            if let client = clients[key] { return client }
            let client = Transport(
                version: version, certificateAuthorities: certificateAuthorities, usesProxies: usesProxies)
            clients[key] = client
            return client
        }
    }
}
