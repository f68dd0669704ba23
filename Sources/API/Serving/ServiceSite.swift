internal import Configuration
internal import Listening

/// Where a service answers, as its configuration says.
struct ServiceSite: Sendable, Hashable {
    let address: Listening.ListenAddress
    let tls: APISettings.TLS?

    /// Everything that a configuration names.
    static func all(_ runtime: RuntimeSettings) -> [ServiceSite] {
        runtime.listen.map { one in
            let interface: Listening.ListenAddress.Interface =
                switch one.host {
                case nil: .all
                case "localhost": .loopback
                case let host?: .address(host)
                }
            return ServiceSite(address: .network(interface, port: one.port), tls: runtime.api.tls)
        }
    }

    /// A listener there.
    func listener(
        _ api: ServiceAPI, report: @escaping @Sendable (ListenerEvent) -> Void
    ) throws(ListeningError) -> Listener {
        let identity: TLSIdentity? =
            if let tls { try TLSIdentity(certificate: tls.certificate, key: tls.key) } else { nil }
        let listener = Listener(
            [.init(address, identity: identity)], isUrgent: ServiceAPI.isUrgent, report: report
        ) { api.answer($0) }
        try listener.start()
        return listener
    }
}
