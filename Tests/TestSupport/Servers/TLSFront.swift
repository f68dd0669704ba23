/// TLS in front of a port that speaks plain HTTP, with a certificate of the tests' own authority.
public struct TLSFront: Sendable {
    /// The certificates that there are.
    public enum Certificate: String, Sendable, CaseIterable {
        /// For `localhost`, names below it, and 127.0.0.1.
        case good
        /// As the good one, until 2021.
        case expired
        /// For `elsewhere.example`.
        case elsewhere
        /// As the good one, of another authority.
        case untrusted
    }

    /// Where it listens.
    public let port: Int
    /// The PEM file of the authority to trust.
    public let authority: String
    /// Its process.
    public let processes: RunningServers

    /// Its address without a path.
    public var url: String { "https://localhost:\(port)" }

    /// Whether it can run.
    public static let isThere = RunningServers.havePython

    /// Why tests are skipped.
    public static let absence = "python3 or openssl is not installed"

    private static let authorities = Result { try RunningServers("tls") }

    /// The PEM file of the authority of all fronts of this process, and that of the other authority.
    public static func authorityFiles() throws -> (trusted: String, other: String) {
        let servers = try authorities.get()
        return (try servers.text("authority"), try servers.text("other_authority"))
    }

    /// Starts one; it ends with its last owner.
    /// - Parameters:
    ///   - target: the port behind it, on 127.0.0.1.
    ///   - certificate: the one that it shows.
    /// - Throws: `RunningServers.NotStarted`.
    public init(target: Int, certificate: Certificate = .good) throws {
        let folder = try Self.authorities.get().folder
        processes = try RunningServers(
            "tls", ["target": "\(target)", "certificate": certificate.rawValue, "authority": folder])
        port = try processes.number("port")
        authority = try processes.text("authority")
    }
}
