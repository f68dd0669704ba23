import Glibc
import Support

/// Sends text to a port of 127.0.0.1 and reads until the other side ends, or a word has come.
func ask(_ port: Int, _ text: String, until word: String? = nil) throws -> String {
    let raw = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard raw >= 0 else { throw SystemError("socket") }
    defer { close(raw) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    address.sin_port = UInt16(port).bigEndian
    let status = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(raw, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    guard status == 0 else { throw SystemError("connect") }
    let bytes = Array(text.utf8)
    guard send(raw, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { throw SystemError("send") }
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
        let count = recv(raw, &buffer, buffer.count, 0)
        guard count >= 0 else { throw SystemError("recv") }
        answer += buffer[..<count]
        let soFar = String(decoding: answer, as: UTF8.self)
        if count == 0 || word.map({ soFar.contains($0) }) == true { return soFar }
    }
}
