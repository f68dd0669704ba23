import Foundation
import Hooks
import Support
import TestSupport
import Testing

@Suite("The output of a command in a container")
struct DockerStreamTests {
    /// Reads to the end, and counts the bytes.
    static func drain(_ stream: DockerStream, size: Int = 10_000) throws -> Int {
        var total = 0
        var buffer = [UInt8](repeating: 0, count: size)
        while true {
            let count = try buffer.withUnsafeMutableBytes { try stream.read(into: $0, isStopped: { false }) }
            total += count
            if count < size { break }
        }
        try stream.finish()
        return total
    }

    private func serve(
        _ behaviour: DockerDouble.Behaviour, style: DockerDouble.Style = .upgraded,
        _ body: (HookFixture) throws -> Void
    ) throws {
        let engine = DockerDouble(style: style, frameSize: 5000) { _ in behaviour }
        engine.containers = [.init("db")]
        let server = try LoopbackHTTPServer { request, _ in engine.answer(request) }
        defer { server.stop() }
        try body(try HookFixture(["DOCKER_HOST": "tcp://127.0.0.1:\(server.port)"]))
    }

    private func stream(_ fixture: HookFixture) throws -> DockerStream {
        try DockerStream(
            in: "db", arguments: ["pg_dump"], user: nil, environment: ["A": "b"], timeout: nil, fixture.surroundings)
    }

    @Test("comes whole, however slowly it is read", arguments: DockerDouble.Style.allCases)
    func whole(style: DockerDouble.Style) throws {
        let text = String(repeating: "0123456789", count: 300_000)
        try serve(.init(output: text, error: "a notice\n"), style: style) { fixture in
            let stream = try stream(fixture)
            defer { stream.stop() }
            #expect(try Self.drain(stream) == 3_000_000)
            #expect(fixture.lines.all.contains("info a notice"))
        }
    }

    @Test("of a command that fails is no output, and its last words say why")
    func failure() throws {
        try serve(.init(output: "half", error: "no such database\n", status: 1)) { fixture in
            let stream = try stream(fixture)
            defer { stream.stop() }
            let error = #expect(throws: DockerStream.Failure.self) { try Self.drain(stream) }
            guard case .exit(1, lines: ["no such database"])? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test("that is not wanted any more ends without waiting for the rest")
    func stopped() throws {
        try serve(.init(output: String(repeating: "x", count: 8 << 20))) { fixture in
            let stream = try stream(fixture)
            var buffer = [UInt8](repeating: 0, count: 100)
            #expect(try buffer.withUnsafeMutableBytes { try stream.read(into: $0, isStopped: { false }) } == 100)
            stream.stop()
            #expect(throws: DockerStream.Failure.self) { try stream.finish() }
        }
    }
}
