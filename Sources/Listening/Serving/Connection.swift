internal import Glibc
internal import Support

/// One client's connection and what is known of it.
final class Connection: @unchecked Sendable {
    // One thread has it at a time: the one that polls, or the worker whose queue it was put into.

    /// What is done with it.
    enum Stage {
        case handshake
        /// A request comes in.
        case reading
        /// A worker has it.
        case atWork
        /// The rest of a response goes out.
        case writing
        /// The response to the last request is out; what the client still sends is dropped, so that it can be read.
        case leaving
    }

    /// What comes after a response.
    enum Sequel {
        case nextRequest
        /// The connection ends, after the client had time to read.
        case leave
        case close
    }

    let token: UInt64
    let wire: Wire
    let origin: RequestOrigin
    let account: PeerAccount
    /// Whether it is only there to be told that there are too many.
    let isSurplus: Bool
    var parser: RequestParser
    var stage: Stage
    var deadline: ContinuousClock.Instant
    var isWatched = false
    /// What has to go out, and how much of it went.
    var output: [UInt8] = []
    var written = 0
    var sequel = Sequel.nextRequest
    var requests = 0
    /// How many bytes of this connection are counted as held.
    var held = 0
    /// How far the request was when its deadline was set.
    var phase = RequestParser.Phase.idle

    init(
        token: UInt64, wire: Wire, origin: RequestOrigin, account: PeerAccount, isSurplus: Bool, limits: ListenerLimits
    ) {
        self.token = token
        self.wire = wire
        self.origin = origin
        self.account = account
        self.isSurplus = isSurplus
        parser = RequestParser(limits)
        stage = origin.isTLS ? .handshake : .reading
        deadline = .now + (origin.isTLS ? limits.handshakeTimeout : limits.headTimeout)
    }

    /// Sends as much of the output as goes out at once, and not much more than `limit` bytes.
    /// - Returns: `.done` when nothing is left.
    func push(limit: Int = .max) -> Wire.Outcome {
        var count = 0
        while written < output.count {
            if count >= limit { return .wantsWrite }
            let part = output.count - written < limit ? output.count : written + limit
            let outcome = output.withUnsafeBytes { wire.write(UnsafeRawBufferPointer(rebasing: $0[written..<part])) }
            guard case .done(let more) = outcome else { return outcome }
            written += more
            count += more
        }
        output = []
        written = 0
        return .done(0)
    }
}

/// Whose connections are counted together.
enum PeerAccount: Hashable {
    case address(String)
    case user(UInt32)

    /// A network of IPv6 counts as one peer: who has one address of it has them all.
    init(_ peer: Peer) {
        switch peer {
        case .process(let user, _, _): self = .user(user)
        case .network(let address, _):
            self = .address(address.contains(":") ? Self.network(of: address) : address)
        }
    }
}

extension PeerAccount {
    private static func network(of address: String) -> String {
        var bytes = in6_addr()
        guard inet_pton(AF_INET6, address, &bytes) == 1 else { return address }
        return withUnsafeBytes(of: &bytes) { Hex.encode($0.prefix(8)) }
    }
}
