/// Who is at the other end of a connection.
public enum Peer: Sendable, Hashable, CustomStringConvertible {
    /// Somebody on the network, by IP address; an IPv4 address is never written as an IPv6 one.
    case network(address: String, port: UInt16)
    /// A process of this machine at a Unix socket, as the kernel vouches for it: its user, group and number.
    case process(user: UInt32, group: UInt32, number: Int32)

    /// Whether the peer is on this machine: at a Unix socket, or at a loopback address.
    public var isLocal: Bool {
        switch self {
        case .network(let address, _): address.hasPrefix("127.") || address == "::1"
        case .process: true
        }
    }

    /// The address and port, or the user.
    public var description: String {
        switch self {
        case .network(let address, let port): address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
        case .process(let user, _, let number): "user \(user) (process \(number))"
        }
    }
}
