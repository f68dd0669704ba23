internal import CPosix
internal import Glibc
internal import Support

/// A socket that listens; closed, and gone from the file system, when nobody holds it any more.
final class BoundSocket: Sendable {
    let descriptor: Int32
    /// Where it listens, with the port that the system chose.
    let address: ListenAddress
    let identity: TLSIdentity?
    private let file: SocketFile?

    private init(_ descriptor: Int32, _ address: ListenAddress, _ identity: TLSIdentity?, _ file: SocketFile? = nil) {
        self.descriptor = descriptor
        self.address = address
        self.identity = identity
        self.file = file
    }

    deinit {
        // The file goes first: who finds it gone is not refused by a socket that nobody serves.
        file?.remove()
        close(descriptor)
    }

    /// Listens at an address, which may take several sockets.
    static func bind(_ endpoint: Listener.Endpoint) throws(ListeningError) -> [BoundSocket] {
        switch endpoint.address {
        case .socket(let path): return [try bindFile(path, endpoint)]
        case .network(let interface, let port):
            let places = places(of: interface)
            // A port that the system chose for one family may be taken in the other.
            for _ in 0..<16 {
                do throws(SystemError) {
                    return try bindAll(places, port, endpoint)
                } catch  where port == 0 && places.count > 1 && error.code == EADDRINUSE {
                    continue
                } catch {
                    throw .notAvailable(endpoint.address, error)
                }
            }
            throw .notAvailable(endpoint.address, SystemError("bind", code: EADDRINUSE))
        }
    }

    // MARK: The network

    private static func places(of interface: ListenAddress.Interface) -> [String] {
        switch interface {
        case .all: ["0.0.0.0", "::"]
        case .loopback: ["127.0.0.1", "::1"]
        case .address(let address): [address]
        }
    }

    private static func bindAll(
        _ places: [String], _ port: UInt16, _ endpoint: Listener.Endpoint
    ) throws(SystemError) -> [BoundSocket] {
        guard case .network(let interface, _) = endpoint.address else { return [] }
        var sockets: [BoundSocket] = []
        var port = port
        var failure: SystemError?
        for place in places {
            do throws(SystemError) {
                var address = SocketAddress(place, port: port)
                let descriptor = try open(&address, endpoint)
                port = address.port
                sockets.append(BoundSocket(descriptor, .network(interface, port: port), endpoint.identity))
            } catch  where places.count > 1 && (error.code == EAFNOSUPPORT || error.code == EADDRNOTAVAIL) {
                // A machine without IPv6, or without IPv4.
                failure = error
            }
        }
        if sockets.isEmpty, let failure { throw failure }
        return sockets
    }

    private static func open(_ address: inout SocketAddress, _ endpoint: Listener.Endpoint) throws(SystemError) -> Int32
    {
        let descriptor = try make(address.family)
        var yes: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, size)
        if address.family == AF_INET6 {
            setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &yes, size)
        }
        do throws(SystemError) {
            try address.bind(descriptor)
            guard listen(descriptor, backlog) == 0 else { throw SystemError("listen") }
            try address.readBack(descriptor)
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    private static func make(_ family: Int32) throws(SystemError) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, kind, 0)
        guard descriptor >= 0 else { throw SystemError("socket") }
        return descriptor
    }

    /// How many connections may wait to be accepted; the system has a limit of its own.
    private static let backlog: Int32 = 4096

    // MARK: Unix sockets

    private static func bindFile(_ path: String, _ endpoint: Listener.Endpoint) throws(ListeningError) -> BoundSocket {
        // Held until the socket listens, so that of two processes that begin together one waits, and then is answered.
        let lock = try SocketFile.lockFolder(of: path, endpoint.address)
        try SocketFile.clear(path, endpoint.address)
        let socket = try listenAtFile(path, endpoint)
        _ = consume lock
        return socket
    }

    private static func listenAtFile(
        _ path: String, _ endpoint: Listener.Endpoint
    ) throws(ListeningError) -> BoundSocket {
        do throws(SystemError) {
            let descriptor = try make(AF_UNIX)
            do throws(SystemError) {
                // The file is made with this mode: there is no moment at which others could connect.
                guard fchmod(descriptor, 0o600) == 0 else { throw SystemError("chmod", path: path) }
                try SocketAddress(socket: path).bind(descriptor)
                guard listen(descriptor, backlog) == 0 else { throw SystemError("listen", path: path) }
                return BoundSocket(descriptor, endpoint.address, endpoint.identity, try SocketFile(path))
            } catch {
                close(descriptor)
                throw error
            }
        } catch {
            throw .notAvailable(endpoint.address, error)
        }
    }
}
