import Cryptography
import Testing

@Suite("Digests")
struct DigestTests {
    @Test("a digest holds 1 to 64 bytes and nothing else")
    func lengths() throws {
        #expect(Digest([]) == nil)
        #expect(Digest([UInt8](repeating: 1, count: 65)) == nil)
        for count in 1...64 {
            let bytes = RandomBytes.make(count)
            let digest = try #require(Digest(bytes))
            #expect(digest.bytes == bytes)
            #expect(digest.count == count)
            #expect(Digest(base64: digest.base64) == digest)
            #expect(Digest(base64URL: digest.base64URL) == digest)
        }
    }

    @Test("the text forms are those of documents and of entry names")
    func textForms() throws {
        let digest = try #require(Digest([0xfb, 0xff, 0xfe, 0x00]))
        #expect(digest.base64 == "+//+AA==")
        #expect(digest.base64URL == "-__-AA==")
        #expect(digest.hex == "fbfffe00")
        #expect("\(digest)" == digest.base64)
        var buffer = Array("list/".utf8)
        digest.appendBase64(to: &buffer, urlSafe: true)
        #expect(String(decoding: buffer, as: UTF8.self) == "list/-__-AA==")
    }

    @Test(
        "what is no digest is refused", arguments: ["", "AA", "A===", "====", "+//+AA= ", "-__-AA==", "ÄÄ==", "AA=A"])
    func refused(text: String) {
        #expect(Digest(base64: text) == nil)
    }

    @Test("a SHA-256 value has the published Base64 form")
    func publishedForm() {
        let digest = HashContext(.sha256).hash([])
        #expect(digest.base64 == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
        #expect(digest.base64URL == "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=")
        #expect(digest.prefix64 == 0xe3b0_c442_98fc_1c14)
    }

    @Test("order is that of the bytes, and equality means all of them")
    func order() throws {
        var seed = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let count = Int.random(in: 1...64, using: &seed)
            let a = (0..<count).map { _ in UInt8.random(in: 0...2, using: &seed) }
            let b = (0..<Int.random(in: 1...64, using: &seed)).map { _ in UInt8.random(in: 0...2, using: &seed) }
            let left = try #require(Digest(a))
            let right = try #require(Digest(b))
            #expect((left < right) == a.lexicographicallyPrecedes(b), "\(a) \(b)")
            #expect((left == right) == (a == b), "\(a) \(b)")
        }
        let short = try #require(Digest([1, 0]))
        let long = try #require(Digest([1, 0, 0]))
        #expect(short != long)
        #expect(short < long)
    }

    @Test("ten thousand digests are ten thousand keys")
    func keys() {
        let context = HashContext(.sha256)
        let digests = Set((0..<10_000).map { context.hash(Array("\($0)".utf8)) })
        #expect(digests.count == 10_000)
        #expect(digests.contains(context.hash(Array("77".utf8))))
    }
}
