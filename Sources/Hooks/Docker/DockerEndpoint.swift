internal import Glibc
internal import Support
internal import Transport

/// Where the Engine API is: a socket of this machine, or a server.
public struct DockerEndpoint: Sendable, Hashable, CustomStringConvertible {
    /// How it is reached.
    enum Address: Sendable, Hashable {
        case socket(String)
        case server(String)
    }

    let address: Address
    /// A folder with `ca.pem`, `cert.pem` and `key.pem`, for a server behind TLS.
    var certificates: String?

    /// The socket that Docker has unless told otherwise.
    public static let usual = DockerEndpoint(socket: "/var/run/docker.sock")

    /// A socket of this machine, by its path.
    public init(socket path: String) { address = .socket(path) }

    /// What `DOCKER_HOST`, `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH` of an environment say, as Docker's own client reads
    /// them.
    /// - Throws: `DockerError` for an address that is not `unix://` or `tcp://`.
    public init(environment: [String: String]) throws(DockerError) {
        guard let host = environment["DOCKER_HOST"], !host.isEmpty else {
            self = .usual
            return
        }
        if host.hasPrefix("unix://"), host.utf8.count > 7 {
            address = .socket(String(host.dropFirst(7)))
        } else if host.hasPrefix("tcp://") || host.hasPrefix("http://") || host.hasPrefix("https://"),
            let mark = host.range(of: "://")
        {
            let isSecure = host.hasPrefix("https://") || !(environment["DOCKER_TLS_VERIFY"] ?? "").isEmpty
            var place = String(host[mark.upperBound...])
            while place.hasSuffix("/") { place.removeLast() }
            address = .server("\(isSecure ? "https" : "http")://\(place)")
            if isSecure {
                certificates =
                    environment["DOCKER_CERT_PATH"] ?? environment["HOME"].map { "\($0)/.docker" }
            }
        } else {
            throw DockerError(.badHost, "-", "DOCKER_HOST is neither `unix://PATH` nor `tcp://HOST:PORT`")
        }
    }

    /// The address as Docker writes it.
    public var description: String {
        switch address {
        case .socket(let path): "unix://\(path)"
        case .server(let url): url
        }
    }

    var socket: String? { if case .socket(let path) = address { path } else { nil } }

    /// What a request's path is put behind.
    var base: String { if case .server(let url) = address { url } else { "http://docker" } }

    var settings: TransportSettings {
        var settings = TransportSettings(proxy: .none)
        if let certificates {
            settings.certificateAuthorities = Self.existing("\(certificates)/ca.pem")
            settings.clientCertificate = Self.existing("\(certificates)/cert.pem")
            settings.clientKey = Self.existing("\(certificates)/key.pem")
        }
        return settings
    }

    private static func existing(_ path: String) -> String? { access(path, R_OK) == 0 ? path : nil }
}

extension String {
    fileprivate func range(of part: String) -> Range<String.Index>? {
        firstRange(of: part)
    }
}
