import Support
import TestSupport
import Testing

@testable import Secrets

@Suite struct SecretFormsTests {
    @Test("a secret is hidden in base64 wherever it stands in the text that was encoded")
    func shifted() throws {
        var generator = SeededGenerator.printed("secrets in base64")
        for _ in 0..<500 {
            let secret = (0..<Int.random(in: 6...40, using: &generator)).map { _ in
                UInt8.random(in: 0x21...0x7E, using: &generator)
            }
            let before = (0..<Int.random(in: 0...5, using: &generator)).map { _ in UInt8(ascii: "u") }
            let after = (0..<Int.random(in: 0...5, using: &generator)).map { _ in UInt8(ascii: "x") }
            let text = Base64.encode(before + secret + after, urlSafe: Bool.random(using: &generator))
            let mask = SecretMask()
            mask.add(Secret(String(decoding: secret, as: UTF8.self)))
            let masked = mask.apply(to: text)
            // What is left holds at most the ends, which neighbours share.
            let kept = masked.replacing("••••", with: "").count
            #expect(
                masked.contains("••••") && kept <= (before.count + after.count + 4) * 4 / 3 + 6,
                "\(text) became \(masked)")
        }
    }

    @Test(
        "other spellings are hidden as well",
        arguments: [
            "p%C3%A4ss%2Fw%C3%B6rd%20%22x%22", "p%c3%a4ss%2fw%c3%b6rd%20%22x%22", "p%C3%A4ss%2Fw%C3%B6rd+%22x%22",
            #"päss/wörd \"x\""#, #"päss\/wörd \"x\""#, #"p\u00e4ss/w\u00f6rd \"x\""#, "p%C3%A4ss/w%C3%B6rd%20%22x%22",
        ])
    func spellings(_ text: String) {
        let mask = SecretMask()
        mask.add(Secret(#"päss/wörd "x""#))
        #expect(mask.apply(to: "<\(text)>") == "<••••>")
    }
}
