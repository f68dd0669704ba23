import Support
import TestSupport
import Testing

@testable import Cryptography

@Suite("AES Crypt streams")
struct AESCryptTests {
    @Test("published streams of versions 1, 2 and 3 are read", arguments: AESCryptSamples.all)
    func publishedStreams(sample: AESCryptSamples.Sample) throws {
        #expect(try AESCryptSamples.decrypt(sample.stream) == Array(sample.plaintext.utf8))
    }

    @Test("keys are derived as published")
    func keys() throws {
        let iv = [UInt8](0..<16)
        try iv.withUnsafeBytes { iv in
            let stretched = try AESCryptKey.stretch(AESCryptSamples.passphrase, iv: iv)
            #expect(
                stretched.withBytes { Hex.encode(Array($0)) }
                    == "af0f894d2a342b78f524f40598dcd7612cd2f1f8e3f2d8d89d924cca6ae0ecce")
            let derived = try AESCryptKey.derive(AESCryptSamples.passphrase, iv: iv, iterations: 10)
            #expect(
                derived.withBytes { Hex.encode(Array($0)) }
                    == "51159632d62ecb34ff601b2fd30fafd456ae901ec0cab73227612f49cef00d89")
        }
    }

    @Test("with fixed keys the writer makes the published streams", arguments: AESCryptSamples.version2)
    func writesPublishedStreams(sample: AESCryptSamples.Sample) throws {
        let sink = MemorySink()
        let writer = try AESCryptWriter(
            to: sink, passphrase: AESCryptSamples.passphrase, createdBy: nil,
            outerIV: KeyMaterial(copying: 0..<16), session: KeyMaterial(copying: 0x10...0x3f))
        for byte in sample.plaintext.utf8 { try withUnsafeBytes(of: byte) { try writer.write($0) } }
        try writer.finish()
        #expect(Hex.encode(sink.bytes) == Hex.encode(sample.stream))
    }

    @Test("with fixed keys version 3 is written as published", arguments: AESCryptSamples.version3)
    func writesPublishedStreams3(sample: AESCryptSamples.Sample) throws {
        let sink = MemorySink()
        let writer = try AESCryptWriter(
            to: sink, passphrase: AESCryptSamples.passphrase, createdBy: nil, format: .version3(iterations: 10),
            outerIV: KeyMaterial(copying: 0..<16), session: KeyMaterial(copying: 0x10...0x3f))
        for byte in sample.plaintext.utf8 { try withUnsafeBytes(of: byte) { try writer.write($0) } }
        try writer.finish()
        #expect(Hex.encode(sink.bytes) == Hex.encode(sample.stream))
    }

    @Test(
        "every length comes back piece by piece, from both versions",
        arguments: [0, 1, 15, 16, 17, 32, 1_048_575, 1_048_576, 1_048_577, 1_048_592, 2_500_000])
    func streamed(length: Int) throws {
        let plaintext = RandomBytes.make(length)
        for format in [AESCryptFormat.version2, .version3(iterations: 3)] {
            let stream = MemorySink()
            let writer = try AESCryptWriter(
                to: stream, passphrase: AESCryptSamples.passphrase, createdBy: "dunnage", format: format)
            try plaintext.withUnsafeBytes { try writer.write($0) }
            try writer.finish()
            #expect(try AESCryptSamples.decrypt(stream.bytes) == plaintext)
            let output = MemorySink()
            var passed = 0
            try stream.bytes.withUnsafeBytes { bytes in
                try AESCryptReader.decrypt(bytes, passphrase: AESCryptSamples.passphrase, to: output) {
                    passed += $0.count
                }
            }
            #expect(output.bytes == plaintext)
            #expect(passed >= 2 * length)
        }
    }

    @Test("iterations out of range are not written", arguments: [0, -1, 5_000_001])
    func iterations(count: Int) {
        #expect(throws: CryptError.self) {
            try AESCryptWriter(
                to: MemorySink(), passphrase: AESCryptSamples.passphrase, format: .version3(iterations: count))
        }
    }

    @Test("of a damaged stream nothing is decrypted, but its salvage loses only the blocks concerned")
    func salvage() throws {
        let plaintext = RandomBytes.make(200_000)
        let stream = try AESCryptSamples.encrypt(plaintext, createdBy: nil)
        var damaged = stream
        damaged[100_000] ^= 1
        let output = MemorySink()
        #expect(throws: CryptError.self) {
            try damaged.withUnsafeBytes {
                try AESCryptReader.decrypt($0, passphrase: AESCryptSamples.passphrase, to: output)
            }
        }
        #expect(output.bytes.isEmpty)
        func salvage(_ stream: [UInt8]) throws -> [UInt8] {
            var room = [UInt8](repeating: 0, count: stream.count)
            let count = try stream.withUnsafeBytes { stream in
                try room.withUnsafeMutableBytes {
                    try AESCryptReader.salvage(stream, passphrase: AESCryptSamples.passphrase, into: $0)
                }
            }
            return Array(room[..<count])
        }
        #expect(try salvage(stream) == plaintext)
        let saved = try salvage(damaged)
        #expect(saved.count == plaintext.count)
        #expect(zip(saved, plaintext).count { $0 != $1 } <= 17)
        let cut = try salvage(Array(stream[..<150_001]))
        #expect(cut.count > 149_000 && cut[...] == plaintext[..<cut.count])
        damaged = stream
        damaged[10] ^= 1
        #expect(throws: CryptError.self) { try salvage(damaged) }
    }

    @Test(
        "every length comes back",
        arguments: [
            0, 1, 15, 16, 17, 31, 32, 33, 16_383, 16_384, 16_385, 131_039, 131_040, 131_055, 131_056, 131_057, 131_071,
            131_072, 131_073, 262_144, 1_048_575, 1_048_576, 1_048_583, 3_000_000,
        ])
    func roundTrip(length: Int) throws {
        let plaintext = RandomBytes.make(length)
        let stream = try AESCryptSamples.encrypt(plaintext, createdBy: "dunnage 1.0")
        #expect(try AESCryptSamples.decrypt(stream) == plaintext)
    }

    @Test("pieces of any size make one stream", arguments: 0..<20 as Range<UInt64>)
    func pieces(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let plaintext = RandomBytes.make(Int.random(in: 0...600_000, using: &random))
        let pieces = (0..<40).map { _ in
            Bool.random(using: &random)
                ? Int.random(in: 0...40, using: &random) : Int.random(in: 0...200_000, using: &random)
        }
        let stream = try AESCryptSamples.encrypt(plaintext, pieces: pieces)
        #expect(try AESCryptSamples.decrypt(stream) == plaintext, "seed \(seed)")
        #expect(stream.count == 136 + (plaintext.count + 15) / 16 * 16)
    }

    @Test("two streams of one text share no key")
    func freshKeys() throws {
        let first = try AESCryptSamples.encrypt([1, 2, 3])
        let second = try AESCryptSamples.encrypt([1, 2, 3])
        #expect(first[7..<39] != second[7..<39])
        #expect(first[39..<152] != second[39..<152])
    }

    @Test("the header names the program and keeps room for others")
    func header() throws {
        let stream = try AESCryptSamples.encrypt([1], createdBy: "SharpAESCrypt v1.3.3.0")
        let name = Array("CREATED_BY".utf8) + [0] + Array("SharpAESCrypt v1.3.3.0".utf8)
        let expected =
            [0x41, 0x45, 0x53, 2, 0, 0, UInt8(name.count)] + name + [0, 128] + [UInt8](repeating: 0, count: 128) + [
                0, 0,
            ]
        #expect(Array(stream.prefix(expected.count)) == expected)
        #expect(stream.count == expected.count + 16 + 48 + 32 + 16 + 1 + 32)
        #expect(throws: CryptError.malformedHeader("the program's name is too long")) {
            try AESCryptSamples.encrypt([1], createdBy: String(repeating: "x", count: 65_525))
        }
    }

    @Test("a passphrase without a visible character is refused", arguments: ["", " ", "\t\n", "\u{00a0}\u{2003}"])
    func emptyPassphrase(text: String) {
        #expect(throws: CryptError.emptyPassphrase) {
            try AESCryptWriter(to: MemorySink(), passphrase: Secret(text), createdBy: nil)
        }
        for sample in [AESCryptSamples.version2[1], AESCryptSamples.version3[1]] {
            #expect(throws: CryptError.emptyPassphrase) {
                try AESCryptSamples.decrypt(sample.stream, passphrase: Secret(text))
            }
        }
    }

    @Test("passphrases outside the basic plane are read as both programs read them")
    func surrogates() throws {
        // Computed independently: 8,192 rounds of SHA-256 over K and the passphrase in UTF-16LE.
        let iv = [UInt8](0..<16)
        let key = try iv.withUnsafeBytes { try AESCryptKey.stretch(Secret("🔑 ключ"), iv: $0).withBytes { Array($0) } }
        #expect(Hex.encode(key) == "982f04ede551b1e7e4445f5b44a6b18991e2ef2e705ee29df03192b855b7b48a")
    }

    @Test("a finished stream takes no more")
    func finished() throws {
        let writer = try AESCryptWriter(to: MemorySink(), passphrase: AESCryptSamples.passphrase)
        try writer.finish()
        #expect(throws: CryptError.alreadyFinished) { try writer.finish() }
        #expect(throws: CryptError.alreadyFinished) { try [1].withUnsafeBytes { try writer.write($0) } }
    }

    @Test("what the sink throws comes through")
    func failingSink() throws {
        let writer = try AESCryptWriter(to: FullSink(), passphrase: AESCryptSamples.passphrase)
        #expect(throws: FullSink.Full.self) {
            try RandomBytes.make(300_000).withUnsafeBytes { try writer.write($0) }
        }
    }
}

private final class FullSink: ByteSink {
    struct Full: Error {}
    func write(_ bytes: UnsafeRawBufferPointer) throws { throw Full() }
}
