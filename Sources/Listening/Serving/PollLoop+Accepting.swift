internal import CPosix
internal import Glibc
internal import Support
internal import Synchronization

extension PollLoop {
    /// How many connections beyond the limit are told so; those beyond them end without a word.
    private static let maximumSurplus = 64
    /// How long it waits for descriptors when the system has none.
    private static let pause = Duration.milliseconds(500)

    /// Takes the connections that wait at a socket.
    func accept(_ socket: BoundSocket) {
        // Others want their turn.
        for _ in 0..<64 {
            var address = sockaddr_storage()
            let descriptor = cposix_accept(socket.descriptor, &address)
            if descriptor >= 0 {
                take(descriptor, SocketAddress(address), socket)
                continue
            }
            switch errno {
            case EINTR, ECONNABORTED, EPERM, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, EHOSTUNREACH, ENETUNREACH:
                continue
            case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                pauseAccepting(SystemError("accept a connection"))
                return
            default: return
            }
        }
    }

    /// Leaves connections where they are for a moment, and gives up idle ones.
    private func pauseAccepting(_ error: SystemError) {
        core.events.tell(.acceptPaused(error))
        acceptsAgain = .now + Self.pause
        let idle = connections.values.filter { $0.stage == .reading && $0.parser.phase == .idle && $0.requests > 0 }
        for connection in idle.sorted(by: { $0.deadline < $1.deadline }).prefix(16) { close(connection) }
    }

    private func take(_ descriptor: Int32, _ address: SocketAddress, _ socket: BoundSocket) {
        guard let peer = address.peer ?? Self.process(at: descriptor) else {
            Glibc.close(descriptor)
            return
        }
        core.counts.accepted.add(1, ordering: .relaxed)
        let account = PeerAccount(peer)
        let isFull = connections.count - surplus >= limits.connections
        let hasTooMany = perPeer[account, default: 0] >= limits.connectionsPerPeer
        let isSurplus = isFull || hasTooMany
        if isSurplus {
            core.counts.refusedConnections.add(1, ordering: .relaxed)
            core.events.tell(.connectionRefused(peer, ofPeer: !isFull))
        }
        guard !isSurplus || surplus < Self.maximumSurplus else {
            Glibc.close(descriptor)
            return
        }
        if socket.address.isNetwork {
            var yes: Int32 = 1
            let size = socklen_t(MemoryLayout<Int32>.size)
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, size)
            setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &yes, size)
        }
        let context = socket.identity?.current { core.events.tell($0) }
        guard let wire = Wire(owning: descriptor, context) else { return }
        let origin = RequestOrigin(peer: peer, endpoint: socket.address, isTLS: context != nil)
        let connection = Connection(
            token: newToken(), wire: wire, origin: origin, account: account, isSurplus: isSurplus, limits: limits)
        connections[connection.token] = connection
        core.counts.connections.add(1, ordering: .relaxed)
        if isSurplus { surplus += 1 } else { perPeer[account, default: 0] += 1 }
        advance(connection)
    }

    private static func process(at descriptor: Int32) -> Peer? {
        var user: UInt32 = 0
        var group: UInt32 = 0
        var number: Int32 = 0
        guard cposix_peer_credentials(descriptor, &user, &group, &number) == 0 else { return nil }
        return .process(user: user, group: group, number: number)
    }
}

extension ListenAddress {
    fileprivate var isNetwork: Bool { if case .network = self { true } else { false } }
}
