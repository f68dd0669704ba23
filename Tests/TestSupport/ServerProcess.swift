import Foundation
import Glibc
import Support

/// A server that a test starts on the loopback interface, and that ends with its last owner.
public final class ServerProcess: @unchecked Sendable {
    // Written in init only; stopping a process twice does nothing.
    private let process: Process
    /// Where it listens.
    public let port: Int
    /// Its address without a path.
    public var url: String { "http://127.0.0.1:\(port)" }

    /// A server that did not come up.
    public struct NotReady: Error {}

    /// Starts a program and waits until it takes connections.
    /// - Parameters:
    ///   - path: the program.
    ///   - environment: its whole environment.
    ///   - arguments: what it gets, given the port to use.
    /// - Throws: `NotReady`, or why it could not be started.
    public init(_ path: String, environment: [String: String], arguments: (Int) -> [String]) throws {
        port = try Self.freePort()
        process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments(port)
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let limit = ContinuousClock.now + .seconds(60)
        while !Self.accepts(port) {
            guard process.isRunning, ContinuousClock.now < limit else {
                stop()
                throw NotReady()
            }
            usleep(20_000)
        }
    }

    deinit { stop() }

    /// Ends it.
    public func stop() {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    private static func withSocket<Result>(_ body: (Int32, inout sockaddr_in) throws -> Result) throws -> Result {
        let raw = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard raw >= 0 else { throw SystemError("socket") }
        defer { close(raw) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return try body(raw, &address)
    }

    /// A port of the loopback interface that nobody listens at now.
    public static func freePort() throws -> Int {
        try withSocket { raw, address in
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let status = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                    bind(raw, pointer, length) | getsockname(raw, pointer, &length)
                }
            }
            guard status == 0 else { throw SystemError("bind") }
            return Int(UInt16(bigEndian: address.sin_port))
        }
    }

    private static func accepts(_ port: Int) -> Bool {
        let status = try? withSocket { raw, address in
            address.sin_port = UInt16(port).bigEndian
            return withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(raw, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
        return status == 0
    }
}
