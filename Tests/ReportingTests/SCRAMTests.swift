import Cryptography
import Support
import Testing

@testable import Reporting

@Suite("A log-in by SCRAM")
struct SCRAMTests {
    /// The examples of RFC 5802 and RFC 7677: user `user`, password `pencil`.
    private struct Example {
        let algorithm: HashAlgorithm
        let nonce: String
        let challenge: String
        let answer: String
        let proof: String
    }

    private let examples = [
        Example(
            algorithm: .sha1, nonce: "fyko+d2lbbFgONRv9qkxdawL",
            challenge: "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
            answer: "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
            proof: "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="),
        Example(
            algorithm: .sha256, nonce: "rOprNGfwEbeRWgbNEkqO",
            challenge: "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
            answer: "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
            proof: "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="),
    ]

    private func client(_ example: Example) -> SCRAMClient {
        SCRAMClient(user: "user", password: Secret("pencil"), example.algorithm, nonce: example.nonce)
    }

    @Test("says what the RFCs say, and believes only the server's proof")
    func vectors() throws {
        for example in examples {
            var client = client(example)
            #expect(client.first == "n,,n=user,r=\(example.nonce)")
            #expect(!client.isProven(by: example.proof))
            #expect(try client.answer(example.challenge) == example.answer)
            #expect(client.isProven(by: example.proof))
            for word in ["", "v=", "e=invalid-proof", "v=\(Base64.encode([1, 2, 3]))"] {
                #expect(!client.isProven(by: word), "\(word)")
            }
        }
    }

    @Test("does not answer a challenge that is foreign, broken, or asks for endless work")
    func challenges() throws {
        let example = examples[0]
        func refusal(_ challenge: String) -> SCRAMClient.Refusal? {
            var client = client(example)
            return #expect(throws: SCRAMClient.Refusal.self) { try client.answer(challenge) }
        }
        #expect(refusal("r=somebodyElse,s=QSXCR+Q6sek8bf92,i=4096") == .foreign)
        #expect(refusal("r=\(example.nonce),s=QSXCR+Q6sek8bf92,i=4096") == .foreign)
        #expect(refusal("r=\(example.nonce)x,s=QSXCR+Q6sek8bf92,i=0") == .rounds(0))
        #expect(refusal("r=\(example.nonce)x,s=QSXCR+Q6sek8bf92,i=2000000000") == .rounds(2_000_000_000))
        for broken in [
            "", "r=\(example.nonce)x", "r=\(example.nonce)x,s=!,i=4096", "m=ext,\(example.challenge)",
            "r=\(example.nonce)x,s=QSXCR+Q6sek8bf92,i=many",
        ] {
            #expect(refusal(broken) == .malformed, "\(broken)")
        }
    }

    @Test("escapes names, and writes what looks the same in one way")
    func names() {
        let client = SCRAMClient(user: "a,b=c", password: Secret("x"), .sha1, nonce: "n")
        #expect(client.first == "n,,n=a=2Cb=3Dc,r=n")
        #expect(SCRAMClient.prepared("Gru\u{0308}\u{00AD}ße\u{00A0}Ⅳ") == "Grüße IV")
    }
}
