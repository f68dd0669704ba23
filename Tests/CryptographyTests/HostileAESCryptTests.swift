import Support
import TestSupport
import Testing

@testable import Cryptography

@Suite("Damaged AES Crypt streams")
struct HostileAESCryptTests {
    @Test("a stream cut anywhere is refused", arguments: AESCryptSamples.all)
    func truncation(sample: AESCryptSamples.Sample) {
        for length in 0..<sample.stream.count {
            #expect(throws: CryptError.self, "cut at \(length)") {
                try AESCryptSamples.decrypt(Array(sample.stream.prefix(length)))
            }
        }
    }

    @Test("a stream with something after it is refused", arguments: AESCryptSamples.all, [1, 16, 48])
    func extended(sample: AESCryptSamples.Sample, count: Int) {
        #expect(throws: CryptError.self) {
            try AESCryptSamples.decrypt(sample.stream + [UInt8](repeating: 0, count: count))
        }
    }

    @Test("no bit of a stream without extensions can change unseen", arguments: AESCryptSamples.all)
    func bitFlips(sample: AESCryptSamples.Sample) {
        for offset in sample.stream.indices {
            var stream = sample.stream
            stream[offset] ^= 1 << (offset % 8)
            // The iterations of version 3 may become millions, which only takes long.
            guard sample.version != 3 || !(7...9).contains(offset) else { continue }
            #expect(throws: CryptError.self, "byte \(offset)") { try AESCryptSamples.decrypt(stream) }
        }
    }

    @Test("each region has its own error")
    func regions() {
        func failure(_ sample: AESCryptSamples.Sample, _ change: (inout [UInt8]) -> Void) -> CryptError? {
            var stream = sample.stream
            change(&stream)
            return #expect(throws: CryptError.self) { try AESCryptSamples.decrypt(stream) }
        }
        let sample = AESCryptSamples.version2[1]
        #expect(failure(sample) { $0[0] = 0 } == .notAESCrypt)
        #expect(failure(sample) { $0[3] = 0 } == .unsupportedVersion(0))
        #expect(failure(sample) { $0[3] = 4 } == .unsupportedVersion(4))
        #expect(failure(sample) { $0[4] = 1 } == .malformedHeader("the reserved byte is not zero"))
        #expect(failure(sample) { $0[7] ^= 1 } == .wrongPassphrase)
        #expect(failure(sample) { $0[23] ^= 1 } == .wrongPassphrase)
        #expect(failure(sample) { $0[71] ^= 1 } == .wrongPassphrase)
        let content = CryptError.damaged("the authentication code of the content does not match")
        #expect(failure(sample) { $0[103] ^= 1 } == content)
        #expect(failure(sample) { $0[151] ^= 1 } == content)
        #expect(failure(sample) { $0[119] = 13 } == .damaged("the padding does not match the length"))
        #expect(failure(sample) { $0[119] = 16 } == .damaged("the length of the last block is out of range"))
        #expect(
            failure(AESCryptSamples.version2[0]) { $0[103] = 1 }
                == .damaged("the length of the last block is out of range"))
        #expect(failure(sample) { $0.remove(at: 110) } == .truncated)
        let version3 = AESCryptSamples.version3[1]
        #expect(
            failure(version3) { $0[10] = 0 } == .malformedHeader("0 key derivation iterations are out of range"))
        #expect(
            failure(version3) { $0[7...10] = [0xff, 0xff, 0xff, 0xff] }
                == .malformedHeader("4294967295 key derivation iterations are out of range"))
    }

    @Test("another passphrase is told from damage", arguments: AESCryptSamples.all)
    func wrongPassphrase(sample: AESCryptSamples.Sample) {
        for text in ["passaeword", "passæword ", "Passæword"] {
            #expect(throws: CryptError.wrongPassphrase) {
                try AESCryptSamples.decrypt(sample.stream, passphrase: Secret(text))
            }
        }
    }

    @Test("lengths of extensions that lie are refused")
    func extensions() {
        let sample = AESCryptSamples.version2[1].stream
        #expect(throws: CryptError.truncated) {
            try AESCryptSamples.decrypt(Array(sample[0..<5]) + [0xff, 0xff] + Array(sample[5...]))
        }
        // Without its terminator the section goes on into the rest of the stream.
        #expect(throws: CryptError.self) {
            try AESCryptSamples.decrypt(Array(sample[0..<5]) + [0, 1, 0x41] + Array(sample[7...]))
        }
        #expect(throws: CryptError.truncated) { try AESCryptSamples.decrypt([0x41, 0x45, 0x53, 2, 0, 0, 200, 1]) }
        #expect(throws: CryptError.truncated) { try AESCryptSamples.decrypt([0x41, 0x45, 0x53, 2, 0] + [0, 2, 1, 1]) }
    }

    @Test("well-formed extensions are skipped")
    func skippedExtensions() throws {
        let sample = AESCryptSamples.version2[1].stream
        let extra: [UInt8] = [0, 3, 0x41, 0, 0x42, 0, 1, 0]
        #expect(
            try AESCryptSamples.decrypt(Array(sample[0..<5]) + extra + Array(sample[5...]))
                == Array("hello world\n".utf8))
    }

    @Test("random bytes after a good beginning end in an error", arguments: 0..<200 as Range<UInt64>)
    func noise(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let head: [UInt8] = [0x41, 0x45, 0x53, UInt8.random(in: 0...4, using: &random), 0, 0]
        let stream =
            head + (0..<Int.random(in: 0...400, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        // A random count of iterations would only cost time.
        guard stream[3] != 3 else { return }
        #expect(throws: CryptError.self, "seed \(seed)") { try AESCryptSamples.decrypt(stream) }
    }

    @Test("nothing is decrypted before everything is verified")
    func untouchedOutput() throws {
        var stream = try AESCryptSamples.encrypt(RandomBytes.make(5_000))
        stream[stream.count - 1] ^= 0x80
        let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 5_008, alignment: 1)
        defer { output.deallocate() }
        output.initializeMemory(as: UInt8.self, repeating: 0xee)
        #expect(throws: CryptError.damaged("the authentication code of the content does not match")) {
            try stream.withUnsafeBytes {
                try AESCryptReader.decrypt($0, passphrase: AESCryptSamples.passphrase, into: output)
            }
        }
        #expect(output.allSatisfy { $0 == 0xee })
    }

    @Test("a buffer that is too small is refused before any work")
    func smallBuffer() throws {
        let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 15, alignment: 1)
        defer { output.deallocate() }
        #expect(throws: CryptError.bufferTooSmall(needed: 16)) {
            try AESCryptSamples.version2[1].stream.withUnsafeBytes {
                try AESCryptReader.decrypt($0, passphrase: AESCryptSamples.passphrase, into: output)
            }
        }
    }

    @Test("padding of other programs is accepted on request")
    func foreignPadding() throws {
        // A stream of sixteen bytes whose last byte count claims twelve: the padding is then "cdef".
        var stream = AESCryptSamples.version2[2].stream
        stream[119] = 12
        #expect(throws: CryptError.damaged("the padding does not match the length")) {
            try AESCryptSamples.decrypt(stream)
        }
        #expect(try AESCryptSamples.decrypt(stream, checksPadding: false) == Array("0123456789ab".utf8))
    }

    @Test("no description of an error contains the passphrase")
    func descriptions() {
        let error = #expect(throws: CryptError.self) {
            try AESCryptSamples.decrypt(AESCryptSamples.version2[1].stream, passphrase: Secret("hunter2"))
        }
        #expect(!"\(error.map { "\($0)" } ?? "")".contains("hunter2"))
    }
}
