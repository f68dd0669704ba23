internal import Glibc
internal import Support

/// An address as the kernel has it.
struct SocketAddress {
    private var storage = sockaddr_storage()
    private var length: socklen_t

    /// An IP address and a port.
    init(_ address: String, port: UInt16) {
        if address.contains(":") {
            var form = sockaddr_in6()
            form.sin6_family = sa_family_t(AF_INET6)
            form.sin6_port = port.bigEndian
            inet_pton(AF_INET6, address, &form.sin6_addr)
            length = socklen_t(MemoryLayout<sockaddr_in6>.size)
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: form, as: sockaddr_in6.self) }
        } else {
            var form = sockaddr_in()
            form.sin_family = sa_family_t(AF_INET)
            form.sin_port = port.bigEndian
            inet_pton(AF_INET, address, &form.sin_addr)
            length = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: form, as: sockaddr_in.self) }
        }
    }

    /// A Unix socket; the path is short enough.
    init(socket path: String) {
        var form = sockaddr_un()
        form.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &form.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        length = socklen_t(MemoryLayout<sockaddr_un>.size)
        withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: form, as: sockaddr_un.self) }
    }

    /// What the kernel says of a peer.
    init(_ storage: sockaddr_storage) {
        self.storage = storage
        length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    }

    var family: Int32 { Int32(storage.ss_family) }

    var port: UInt16 {
        // At the same place for both families.
        withUnsafeBytes(of: storage) { UInt16(bigEndian: $0.load(fromByteOffset: 2, as: UInt16.self)) }
    }

    /// The peer at an IP address; nil for other families.
    var peer: Peer? {
        switch family {
        case AF_INET:
            var form = withUnsafeBytes(of: storage) { $0.load(as: sockaddr_in.self) }
            return .network(address: Self.text(AF_INET, &form.sin_addr), port: port)
        case AF_INET6:
            var form = withUnsafeBytes(of: storage) { $0.load(as: sockaddr_in6.self) }
            return .network(address: Self.text(AF_INET6, &form.sin6_addr), port: port)
        default: return nil
        }
    }

    func bind(_ descriptor: Int32) throws(SystemError) {
        guard withPointer({ Glibc.bind(descriptor, $0, length) }) == 0 else { throw SystemError("bind") }
    }

    /// Connects.
    /// - Returns: 0, or the value of `errno`.
    func connect(_ descriptor: Int32) -> Int32 {
        withPointer { Glibc.connect(descriptor, $0, length) } == 0 ? 0 : errno
    }

    /// Learns the port that the system chose.
    mutating func readBack(_ descriptor: Int32) throws(SystemError) {
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutablePointer(to: &storage) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        guard status == 0 else { throw SystemError("getsockname") }
    }

    private func withPointer(_ body: (UnsafePointer<sockaddr>) -> Int32) -> Int32 {
        withUnsafePointer(to: storage) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body) }
    }

    private static func text(_ family: Int32, _ address: UnsafeRawPointer) -> String {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(family, address, &buffer, socklen_t(buffer.count)) != nil else { return "-" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
