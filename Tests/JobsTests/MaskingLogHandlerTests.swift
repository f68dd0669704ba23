import Jobs
import Logging
import Secrets
import Support
import Testing

@Suite("Masked logs")
struct MaskingLogHandlerTests {
    @Test("a secret appears neither in messages nor in metadata, whenever it became known")
    func masked() {
        let lines = CapturingLogHandler.Lines()
        let mask = SecretMask()
        var logger = Logger(label: "test") { _ in MaskingLogHandler(CapturingLogHandler(lines: lines), mask: mask) }
        logger[metadataKey: "early"] = "hunter22 is the word"
        mask.add(Secret("hunter22"))
        mask.add(Secret("päss word"))
        logger.info("logged in with hunter22", metadata: ["url": "ssh://me:p%C3%A4ss%20word@host"])
        logger.error(
            "nested", metadata: ["list": ["hunter22", "fine"], "map": ["key": .stringConvertible("hunter22")]])
        let text = lines.all.joined(separator: "\n")
        #expect(!text.contains("hunter22"))
        #expect(!text.contains("p%C3%A4ss%20word"))
        #expect(lines.all[0] == "info logged in with •••• early=•••• is the word url=ssh://me:••••@host")
        #expect(text.contains("fine"))
    }
}
