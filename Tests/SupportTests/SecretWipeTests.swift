import Glibc
import Support
import Testing

/// Memory that held a secret is looked at from outside, through `/proc/self/mem`, since nobody may touch it any more.
@Suite("Memory of secrets")
struct SecretWipeTests {
    /// What no other memory of the process holds.
    private static let mark = [UInt8]("wiped or not? 7f3c9a51e2 ".utf8)

    /// What is at an address now, whoever owns it; nothing when it was given back to the system.
    private func memory(at address: UInt, count: Int) throws -> [UInt8] {
        let file = open("/proc/self/mem", O_RDONLY)
        try #require(file >= 0)
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: count)
        let read = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, off_t(address)) }
        return Array(bytes.prefix(max(0, read)))
    }

    private func text() -> [UInt8] { Array((0..<160).flatMap { _ in Self.mark }) }

    private func address(of bytes: UnsafeRawBufferPointer) -> UInt { UInt(bitPattern: bytes.baseAddress) }

    @Test("it holds the secret as long as somebody owns it, and nothing of it afterwards")
    func released() throws {
        var secret: Secret? = text().withUnsafeBytes { Secret($0) }
        let place = try #require(secret).withBytes { address(of: $0) }
        let held = try memory(at: place, count: 4000)
        #expect(held == text())
        secret = nil
        let left = try memory(at: place, count: 4000)
        #expect(left.firstRange(of: Self.mark) == nil)
    }

    @Test("bytes that are moved are gone where they were")
    func moved() throws {
        var bytes = text()
        let place = bytes.withUnsafeBytes { address(of: $0) }
        let secret = Secret(moving: &bytes)
        #expect(bytes.isEmpty && secret.count == 4000)
        let left = try memory(at: place, count: 4000)
        #expect(left.firstRange(of: Self.mark) == nil)
    }
}
