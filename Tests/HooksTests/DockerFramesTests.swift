import Support
import TestSupport
import Testing

@testable import Hooks

@Suite("The stream in which an engine sends both outputs of a command")
struct DockerFramesTests {
    private func frame(_ channel: UInt8, _ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        return [channel, 0, 0, 0, 0, 0, UInt8(bytes.count >> 8), UInt8(bytes.count & 255)] + bytes
    }

    private func texts(_ pieces: [[UInt8]]) throws -> (output: String, error: String, isInside: Bool) {
        var frames = DockerFrames()
        var (output, error): ([UInt8], [UInt8]) = ([], [])
        for piece in pieces {
            try piece.withUnsafeBytes { bytes in
                try frames.take(bytes) { part, channel in
                    if channel == .error { error += part } else { output += part }
                }
            }
        }
        return (String(decoding: output, as: UTF8.self), String(decoding: error, as: UTF8.self), frames.isInside)
    }

    @Test("is the same however it is cut into pieces")
    func cuts() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            var (stream, output, error): ([UInt8], String, String) = ([], "", "")
            for _ in 0..<Int.random(in: 0...8, using: &generator) {
                let text = String(repeating: "x\n", count: Int.random(in: 0...300, using: &generator))
                if Bool.random(using: &generator) {
                    stream += frame(1, text)
                    output += text
                } else {
                    stream += frame(2, text)
                    error += text
                }
            }
            var pieces: [[UInt8]] = []
            var rest = stream[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...max(1, min(rest.count, 40)), using: &generator)
                pieces.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            let read = try texts(pieces)
            #expect(read.output == output && read.error == error && !read.isInside, "seed \(seed)")
        }
    }

    @Test("that ends within a frame or a header is known to be cut")
    func cut() throws {
        #expect(try texts([Array(frame(1, "hello").dropLast())]).isInside)
        #expect(try texts([Array(frame(1, "hello").prefix(5))]).isInside)
    }

    @Test("is told from a stream without frames")
    func malformed() {
        #expect(throws: DockerFrames.Malformed.self) { try texts([Array("plain text of a terminal".utf8)]) }
    }
}
