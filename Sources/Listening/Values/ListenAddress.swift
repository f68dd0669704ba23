/// Where a listener can be reached.
public enum ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// Which of the machine's addresses.
    public enum Interface: Sendable, Hashable {
        /// All, of IPv4 and of IPv6: `:8787`.
        case all
        /// 127.0.0.1 and, where there is IPv6, ::1: `localhost:8787`.
        case loopback
        /// One IP address: `127.0.0.1:8787`, `[::1]:8787`. `0.0.0.0` stands for all of IPv4, `::` for all of IPv6.
        case address(String)
    }

    /// A port of TCP; with port 0 the system chooses one.
    case network(Interface, port: UInt16)
    /// A Unix socket by its absolute path, open to this user alone: `unix:/run/dunnage.sock`.
    case socket(path: String)

    /// Reads an address as it is written in a configuration.
    /// - Throws: `ListeningError.badAddress`.
    public init(_ text: String) throws(ListeningError) {
        self = try Self.parse(text)
    }

    /// Whether nobody outside of this machine can reach it: a loopback address, or a socket.
    public var isLoopback: Bool {
        switch self {
        case .network(.all, _): false
        case .network(.loopback, _), .socket: true
        case .network(.address(let address), _): address.hasPrefix("127.") || address == "::1"
        }
    }

    /// As it is written in a configuration.
    public var description: String {
        switch self {
        case .network(.all, let port): ":\(port)"
        case .network(.loopback, let port): "localhost:\(port)"
        case .network(.address(let address), let port):
            address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
        case .socket(let path): "unix:\(path)"
        }
    }
}
