import Glibc
import Listening
import Support

/// A client that sends exactly the bytes that a test wants, and reads what comes.
final class RawClient {
    /// A response, taken apart.
    struct Response {
        let status: Int
        let fields: HTTPHeaders
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    struct Unexpected: Error {
        let text: String
    }

    let descriptor: Int32
    private var input: [UInt8] = []

    /// Connects to 127.0.0.1, or to the first address of the listener.
    init(_ listener: Listener, receiveBuffer: Int32? = nil) throws {
        guard let address = listener.addresses.first else { throw Unexpected(text: "the listener does not run") }
        switch address {
        case .network(_, let port):
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            if var receiveBuffer {
                setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
            }
            var form = sockaddr_in()
            form.sin_family = sa_family_t(AF_INET)
            form.sin_port = port.bigEndian
            form.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            try connect(&form, MemoryLayout<sockaddr_in>.size)
        case .socket(let path):
            descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            var form = sockaddr_un()
            form.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &form.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
            try connect(&form, MemoryLayout<sockaddr_un>.size)
        }
        // What does not come within this time counts as never coming.
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    private func connect(_ form: UnsafeRawPointer, _ length: Int) throws {
        let status = Glibc.connect(descriptor, form.assumingMemoryBound(to: sockaddr.self), socklen_t(length))
        guard status == 0 else { throw SystemError("connect") }
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count, let base = bytes.baseAddress {
                let count = Glibc.send(descriptor, base + done, bytes.count - done, Int32(MSG_NOSIGNAL))
                guard count > 0 else { throw SystemError("send") }
                done += count
            }
        }
    }

    /// Says that no more requests follow.
    func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Reads some bytes; false at the end.
    private func readMore() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count >= 0 else { throw SystemError("receive") }
        input += buffer[..<count]
        return count > 0
    }

    /// Everything until the server closes the connection.
    func readToEnd() throws -> String {
        while try readMore() {}
        defer { input = [] }
        return String(decoding: input, as: UTF8.self)
    }

    /// How many bytes come until the connection ends, in order or not.
    func countToEnd() -> Int {
        var count = 0
        do {
            while try readMore() {
                count += input.count
                input = []
            }
        } catch {
            return count
        }
        return count
    }

    /// Whether the server closes the connection without another byte.
    func isClosed() -> Bool { (try? readToEnd()) == "" }

    /// The next response, with its body whatever its framing.
    func response(toHead isHead: Bool = false) throws -> Response {
        let head = try take { bytes in bytes.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound }
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n").map(String.init)
        guard let first = lines.first, first.hasPrefix("HTTP/1.1 "), let status = Int(first.dropFirst(9).prefix(3))
        else {
            throw Unexpected(text: lines.first ?? "")
        }
        var fields = HTTPHeaders()
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
            fields.append(parts[0], String(parts[1].dropFirst()))
        }
        let hasNone = isHead || status < 200 || status == 204 || status == 304
        return Response(status: status, fields: fields, body: hasNone ? [] : try body(fields))
    }

    private func body(_ fields: HTTPHeaders) throws -> [UInt8] {
        if let length = fields["Content-Length"].flatMap({ Int($0) }) {
            return try take { $0.count >= length ? length : nil }
        }
        guard fields["Transfer-Encoding"] == "chunked" else {
            while try readMore() {}
            defer { input = [] }
            return input
        }
        var body: [UInt8] = []
        while true {
            let line = try take { $0.firstRange(of: [13, 10])?.upperBound }
            guard let size = Int(String(decoding: line.dropLast(2), as: UTF8.self), radix: 16) else {
                throw Unexpected(text: String(decoding: line, as: UTF8.self))
            }
            let chunk = try take { $0.count >= size + 2 ? size + 2 : nil }
            guard chunk.suffix(2) == [13, 10] else { throw Unexpected(text: "a chunk without its end") }
            if size == 0 { return body }
            body += chunk.dropLast(2)
        }
    }

    /// Takes as many bytes as `end` finds, reading on until it does.
    private func take(_ end: ([UInt8]) -> Int?) throws -> [UInt8] {
        while true {
            if let count = end(input) {
                defer { input.removeFirst(count) }
                return Array(input[..<count])
            }
            guard try readMore() else { throw Unexpected(text: String(decoding: input, as: UTF8.self)) }
        }
    }
}
