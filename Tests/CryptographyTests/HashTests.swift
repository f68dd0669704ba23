import Cryptography
import Support
import Testing

@Suite("Hashes")
struct HashTests {
    @Test(
        "each algorithm gives the published values for nothing and for “abc”",
        arguments: [
            (HashAlgorithm.md5, "d41d8cd98f00b204e9800998ecf8427e", "900150983cd24fb0d6963f7d28e17f72"),
            (.sha1, "da39a3ee5e6b4b0d3255bfef95601890afd80709", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (
                .sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            ),
            (
                .sha384,
                "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b",
                "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
            ),
            (
                .sha512,
                "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
                    + "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                    + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
            ),
        ])
    func publishedValues(algorithm: HashAlgorithm, ofNothing: String, ofABC: String) {
        let context = HashContext(algorithm)
        #expect(algorithm.isAvailable)
        #expect(context.hash([]).hex == ofNothing)
        #expect(context.hash(Array("abc".utf8)).hex == ofABC)
        #expect(context.hash([]).count == algorithm.digestLength)
    }

    @Test(
        "pieces of any size give the hash of the whole, and the context starts anew", arguments: HashAlgorithm.allCases)
    func pieces(algorithm: HashAlgorithm) {
        let bytes = RandomBytes.make(100_003)
        let context = HashContext(algorithm)
        let whole = context.hash(bytes)
        for length in [1, 63, 64, 65, 4_096, 99_999] {
            var offset = 0
            while offset < bytes.count {
                let end = min(offset + length, bytes.count)
                context.update(Array(bytes[offset..<end]))
                offset = end
            }
            #expect(context.finish() == whole)
        }
    }

    @Test("the names of algorithms are those of manifests, upper case only")
    func names() {
        #expect(HashAlgorithm(rawValue: "SHA256") == .sha256)
        #expect(HashAlgorithm(rawValue: "sha256") == nil)
    }

    @Test(
        "HMAC-SHA256 follows RFC 4231",
        arguments: [
            (
                [UInt8](repeating: 0x0b, count: 20), "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xaa, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
            ([], "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
        ])
    func hmac(key: [UInt8], message: String, code: String) {
        #expect(Hex.encode(HMACSHA256.authenticate(Array(message.utf8), key: key)) == code)
    }

    @Test("random bytes have the asked count and do not repeat")
    func randomBytes() {
        for count in [0, 1, 7, 8, 9, 1_000] { #expect(RandomBytes.make(count).count == count) }
        #expect(RandomBytes.make(32) != RandomBytes.make(32))
    }
}
