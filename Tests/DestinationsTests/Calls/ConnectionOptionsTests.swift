import Support
import Testing
import Transport

@testable import Destinations

@Suite("Options of connections")
struct ConnectionOptionsTests {
    @Test("have Duplicati's names, units and meanings")
    func values() throws {
        let environment = DestinationEnvironment()
        let options = try read(
            "short-timeout=10&read-write-timeout=2m&list-timeout=20m&number-of-retries=3&retry-delay=1m30s"
                + "&throttle-upload=512&throttle-download=10mb&asynchronous-upload-limit=2&offline-wait=1D"
                + "&accept-specified-ssl-hash=00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f:10:11:12:13",
            environment)
        #expect(options.timeouts.connect == .seconds(10) && options.timeouts.idle == .seconds(120))
        #expect(options.timeouts.firstByte == .seconds(1200))
        #expect(options.rules.attempts == 4 && options.rules.firstPause == .seconds(90))
        #expect(options.rules.parallelCalls == 2 && options.rules.patience == .seconds(86_400))
        #expect(environment.uploads.bytesPerSecond == 512 << 10)
        #expect(environment.downloads.bytesPerSecond == 10 << 20)
        #expect(options.transport.pinnedCertificates == [Array(0...19)])
    }

    @Test(
        "that are not understood name themselves and not their values",
        arguments: [
            "short-timeout=soon", "retry-delay=5x", "retry-delay=5m3", "number-of-retries=-1", "throttle-upload=fast",
            "throttle-upload=99999999999999tb", "accept-specified-ssl-hash=abc", "short-timeout=99999999999999999999s",
        ])
    func wrong(_ pair: String) throws {
        let error = try #require(throws: DestinationError.self) { _ = try read(pair, DestinationEnvironment()) }
        let parts = pair.split(separator: "=")
        #expect(error.kind == .configuration && error.detail.contains("'\(parts[0])'"))
        #expect(!error.detail.contains(parts[1]))
    }

    @Test("a proxy is kept as a secret, and an empty one means none")
    func proxy() throws {
        let options = try read(
            "proxy=http%3A%2F%2Fuser%3Ahunter2%40proxy%3A3128&no-proxy=localhost", DestinationEnvironment())
        guard case .url(let url, "localhost") = options.transport.proxy else {
            Issue.record("the proxy is \(options.transport.proxy)")
            return
        }
        #expect(url.reveal() == "http://user:hunter2@proxy:3128" && !"\(options)".contains("hunter2"))
        guard case .none = try read("proxy=", DestinationEnvironment()).transport.proxy else {
            Issue.record("an empty proxy is one")
            return
        }
    }

    private func read(_ query: String, _ environment: DestinationEnvironment) throws -> ConnectionOptions {
        let url = try DestinationURL(parsing: "x://y?\(query)")
        return try ConnectionOptions(DestinationOptions([:], overriddenBy: url), at: "x://y", environment: environment)
    }
}
