import Support
import Testing

@Suite("Base64, hexadecimal and byte counts")
struct TextFormsTests {
    @Test("one is one, and everything else is several")
    func counts() {
        #expect([0, 1, 2].map { Count($0, "block").description } == ["0 blocks", "1 block", "2 blocks"])
        #expect([1, 5].map { Count($0, "entry", "entries").description } == ["1 entry", "5 entries"])
        #expect(
            [1, 3].map { Count($0, "file").with("needs it", "need it") } == ["1 file needs it", "3 files need it"])
    }

    @Test("header fields are found in any letter case of ASCII, and no other")
    func headers() {
        var headers: HTTPHeaders = ["Set-Cookie": "a", "set-cookie": "b", "\u{212A}eep": "kelvin"]
        #expect(headers.all("SET-COOKIE") == ["a", "b"] && headers["set-Cookie"] == "a" && headers["keep"] == nil)
        headers["SET-cookie"] = "c"
        #expect(headers.all("Set-Cookie") == ["c"])
        headers["Set-Cookie"] = nil
        #expect(headers.fields.count == 1)
    }

    @Test(
        "base64 follows the vectors of RFC 4648",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func base64Vectors(plain: String, encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
    }

    @Test("the URL-safe alphabet differs in two letters and is not mixed with the other")
    func urlSafe() {
        let bytes: [UInt8] = [0xFB, 0xFF, 0xBF]
        #expect(Base64.encode(bytes) == "+/+/")
        #expect(Base64.encode(bytes, urlSafe: true) == "-_-_")
        #expect(Base64.decode("-_-_") == nil)
        #expect(Base64.decode("+/+/", urlSafe: true) == nil)
    }

    @Test("what is not base64 is refused", arguments: ["A", "AB", "ABC", "AB=C", "A===", "AA*A", "=AAA"])
    func notBase64(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test("hexadecimal goes there and back")
    func hex() {
        #expect(Hex.encode([0, 0x7F, 0xFF]) == "007fff")
        #expect(Hex.decode("007FfF") == [0, 0x7F, 0xFF])
        #expect(Hex.decode("0") == nil)
        #expect(Hex.decode("zz") == nil)
    }

    @Test(
        "byte counts are read in every unit people write",
        arguments: [
            ("0", 0), ("4096", 4096), ("512b", 512), ("50MiB", 52_428_800), ("50 mib", 52_428_800), ("1KB", 1000),
            ("10KiB", 10240), ("1.5GB", 1_500_000_000), ("2T", 2_199_023_255_552),
        ])
    func byteCounts(text: String, bytes: Int64) {
        #expect(ByteCount(parsing: text)?.bytes == bytes)
    }

    @Test(
        "other byte counts are refused", arguments: ["", "-1", "1 parsec", "MiB", "1e9", "99999999999 GiB", "1.2.3k"])
    func badByteCounts(text: String) {
        #expect(ByteCount(parsing: text) == nil)
    }

    @Test(
        "byte counts are printed with three digits",
        arguments: [
            (0, "0 B"), (1023, "1023 B"), (1024, "1 KiB"), (1536, "1.5 KiB"), (52_428_800, "50 MiB"),
            (1_363_148_800, "1.27 GiB"), (-2048, "-2 KiB"), (1_048_575, "1 MiB"),
        ])
    func printedByteCounts(bytes: Int64, text: String) {
        #expect(ByteCount(bytes).description == text)
    }

    @Test("a suggestion is near, or there is none")
    func suggestions() {
        #expect(EditDistance.suggestion(for: "retension", among: ["retention", "reports"]) == "retention")
        #expect(EditDistance.suggestion(for: "sourecs", among: ["sources", "secrets"]) == "sources")
        #expect(EditDistance.suggestion(for: "zebra", among: ["sources", "secrets"]) == nil)
        #expect(EditDistance.between("", "abc") == 3)
    }

    @Test("a secret never shows in text")
    func secretIsMasked() {
        let secret = Secret("correct horse")
        #expect("\(secret)" == "••••")
        #expect(String(reflecting: [secret]) == "[••••]")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains("horse"))
        #expect(secret.reveal() == "correct horse")
        #expect(secret == Secret("correct horse"))
        #expect(secret != Secret("battery staple"))
    }
}
