import Support
import Testing

@testable import Reporting

@Suite("A signing key")
struct SigningKeyTests {
    private let body = Array(#"{"test": 2432232314}"#.utf8)
    private let wanted = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    @Test(
        "signs as the example of Standard Webhooks says",
        arguments: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"])
    func example(_ text: String) throws {
        let key = try SigningKey(Secret(text))
        let signature = try key.signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: Timestamp(seconds: 1_614_265_330), body: body)
        #expect(signature == wanted)
    }

    @Test("takes any other text as it is, and base64 with and without padding")
    func forms() throws {
        let time = Timestamp(seconds: 0)
        let raw = try SigningKey(Secret("abcd")).signature(id: "1", timestamp: time, body: [])
        for text in ["whsec_YWJjZA==", "whsec_YWJjZA"] {
            #expect(try SigningKey(Secret(text)).signature(id: "1", timestamp: time, body: []) == raw)
        }
        #expect(try SigningKey(Secret("abce")).signature(id: "1", timestamp: time, body: []) != raw)
    }

    @Test(
        "is refused without being shown when it is empty or no base64", arguments: ["", "whsec_", "whsec_sword*fish"])
    func refused(_ text: String) throws {
        let error = try #require(throws: ReportingError.self) { try SigningKey(Secret(text)) }
        #expect("\(error)".hasPrefix("The webhook's signing key cannot be used: "))
        #expect(!"\(error)".contains("sword"))
    }

    @Test("shows nothing of itself")
    func redaction() throws {
        let key = try SigningKey(Secret("swordfish"))
        var dumped = ""
        dump(key, to: &dumped)
        #expect(!dumped.contains("swordfish") && !"\(key)".contains("swordfish"))
    }
}
