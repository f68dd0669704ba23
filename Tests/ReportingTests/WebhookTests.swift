import Reporting
import Support
import Synchronization
import TestSupport
import Testing
import Transport

@Suite("A webhook")
struct WebhookTests {
    private let transport = Transport(version: "1.4.0", usesProxies: false)
    private let key = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

    @Test("posts the report as it is, with the fields of CloudEvents and Standard Webhooks")
    func delivered() throws {
        let server = try LoopbackHTTPServer([.response(status: 204)])
        defer { server.stop() }
        let keys = [try SigningKey(key), try SigningKey(Secret("old key"))]
        let delivery = webhook(server, keys: keys).deliver(ReportSamples.warning)
        #expect(delivery.outcome == .delivered(status: 204) && delivery.attempts == 1 && delivery.isDelivered)

        let request = try #require(server.requests.first)
        #expect(request.method == "POST" && request.target == "/hooks/backup")
        #expect(request.body == ReportSamples.warning.serialized())
        let wanted = [
            "content-type": "application/json", "user-agent": "dunnage/1.4.0",
            "idempotency-key": "01JD6Z3M9K7Q8V5R2T4W6X8Y0A", "ce-specversion": "1.0",
            "ce-id": "01JD6Z3M9K7Q8V5R2T4W6X8Y0A", "ce-type": "dunnage.run.warning.v1",
            "ce-source": "/instances/homelab-01/jobs/photos", "ce-subject": "photos",
            "ce-time": "2026-11-21T23:58:03Z", "webhook-id": "01JD6Z3M9K7Q8V5R2T4W6X8Y0A",
            "webhook-timestamp": "1795305500",
        ]
        for (name, value) in wanted { #expect(request[name] == value, "\(name)") }
        let signatures = try #require(request["webhook-signature"]).split(separator: " ")
        #expect(signatures.count == 2 && signatures.allSatisfy { $0.hasPrefix("v1,") && $0.count == 47 })
    }

    @Test("escapes names that a field cannot hold, and does without a job and a key")
    func names() throws {
        let server = try LoopbackHTTPServer([.response(status: 200)])
        defer { server.stop() }
        var report = ReportSamples.earlyFailure
        report.instance.name = "büro/1 \"x\""
        #expect(webhook(server).deliver(report).isDelivered)
        report.job = .init(name: "ä b")
        #expect(webhook(server).deliver(report).isDelivered)
        let requests = server.requests
        #expect(
            requests.map { $0["ce-source"] } == [
                "/instances/b%C3%BCro%2F1%20%22x%22", "/instances/b%C3%BCro%2F1%20%22x%22/jobs/%C3%A4%20b",
            ])
        #expect(requests.map { $0["ce-subject"] } == ["b%C3%BCro/1%20%22x%22", "%C3%A4%20b"])
        #expect(requests.allSatisfy { $0["webhook-signature"] == nil })
    }

    @Test("tries again with the same identifier, a fresh time and a fresh signature", arguments: [408, 429, 500, 503])
    func repeated(_ status: Int) throws {
        let server = try LoopbackHTTPServer([.hangUp, .response(status: status), .response(status: 200)])
        defer { server.stop() }
        let clock = TestClock()
        let delivery = webhook(server, keys: [try SigningKey(key)], clock: clock).deliver(ReportSamples.success)
        #expect(delivery.outcome == .delivered(status: 200) && delivery.attempts == 3)
        #expect(clock.pauses == [.seconds(2), .seconds(4)])
        let requests = server.requests
        #expect(Set(requests.map { $0["webhook-id"] }) == ["run-1"])
        #expect(requests.map { $0["webhook-timestamp"] } == ["1795305500", "1795305502", "1795305506"])
        #expect(Set(requests.map { $0["webhook-signature"] }).count == 3)
    }

    @Test("gives up after the last attempt and says so")
    func exhausted() throws {
        let server = try LoopbackHTTPServer([.response(status: 502)])
        defer { server.stop() }
        let clock = TestClock()
        let delivery = webhook(server, clock: clock).deliver(ReportSamples.success)
        #expect(delivery.outcome == .unavailable(status: 502) && !delivery.isDelivered)
        #expect(server.requests.count == 5)
        #expect(clock.pauses == [.seconds(2), .seconds(4), .seconds(8), .seconds(16)])
        #expect(
            "\(delivery)"
                == "Report 'monitor' was not taken (HTTP 502, after 5 attempts). Check that the receiver is in order.")
    }

    @Test("does not insist when it is refused", arguments: [301, 400, 401, 404, 410, 413])
    func refused(_ status: Int) throws {
        let server = try LoopbackHTTPServer([.response(status: status)])
        defer { server.stop() }
        let delivery = webhook(server).deliver(ReportSamples.success)
        #expect(delivery.outcome == .refused(status: status) && delivery.attempts == 1)
        #expect(server.requests.count == 1)
    }

    @Test("waits as long as the receiver asks, unless that is absurd")
    func retryAfter() throws {
        let server = try LoopbackHTTPServer([
            .response(status: 429, headers: [("Retry-After", "30")]),
            .response(status: 503, headers: [("Retry-After", "1")]),
            .response(status: 503, headers: [("Retry-After", "86400")]),
        ])
        defer { server.stop() }
        let clock = TestClock()
        let delivery = webhook(server, clock: clock).deliver(ReportSamples.success)
        #expect(delivery.outcome == .unavailable(status: 503) && delivery.attempts == 3)
        #expect(clock.pauses == [.seconds(30), .seconds(4)])
    }

    @Test("says why it never got through, without the URL's secrets")
    func unreachable() throws {
        let server = try LoopbackHTTPServer([.hangUp])
        server.stop()
        let delivery = webhook(server, path: "/token/swordfish").deliver(ReportSamples.success)
        #expect(delivery.attempts == 5)
        guard case .failed(let reason) = delivery.outcome else {
            Issue.record("\(delivery)")
            return
        }
        #expect(reason.contains("No connection to the server (\(server.url))"))
        #expect(!"\(delivery)".contains("swordfish"))
    }

    @Test("fails at once for a URL that cannot be one")
    func invalidURL() {
        let webhook = Webhook(name: "monitor", url: Secret("swordfish"), transport: transport, sleep: { _, _ in })
        let delivery = webhook.deliver(ReportSamples.success)
        #expect(delivery.attempts == 1 && !delivery.isDelivered && !"\(delivery)".contains("swordfish"))
    }

    @Test("does not follow the receiver to another host")
    func redirect() throws {
        let other = try LoopbackHTTPServer([.response(status: 200)])
        defer { other.stop() }
        let server = try LoopbackHTTPServer([.response(status: 307, headers: [("Location", other.url)])])
        defer { server.stop() }
        #expect(!webhook(server).deliver(ReportSamples.success).isDelivered)
        #expect(other.requests.isEmpty)
    }

    @Test("stops between two attempts when it is cancelled")
    func cancelled() throws {
        let flag = CancellationFlag()
        let server = try LoopbackHTTPServer { _, _ in
            flag.cancel()
            return .response(status: 500)
        }
        defer { server.stop() }
        let webhook = Webhook(
            name: "monitor", url: Secret(server.url), transport: transport,
            policy: DeliveryPolicy(firstPause: .seconds(3600), longestPause: .seconds(3600)))
        let delivery = webhook.deliver(ReportSamples.success, cancellation: flag)
        #expect(delivery.outcome == .cancelled)
        #expect(server.requests.count == 1)
    }

    private func webhook(
        _ server: LoopbackHTTPServer, path: String = "/hooks/backup", keys: [SigningKey] = [],
        clock: TestClock = TestClock()
    ) -> Webhook {
        Webhook(
            name: "monitor", url: Secret(server.url + path), keys: keys, transport: transport,
            now: { clock.now }, sleep: { duration, _ in clock.pass(duration) })
    }
}

/// A clock that moves when somebody waits, and remembers for how long.
private final class TestClock: Sendable {
    private let recorded = Mutex<[Duration]>([])

    var pauses: [Duration] { recorded.withLock { $0 } }

    var now: Timestamp {
        let passed = pauses.reduce(.zero, +).components.seconds
        return Timestamp(seconds: 1_795_305_500 + passed)
    }

    func pass(_ duration: Duration) { recorded.withLock { $0.append(duration) } }
}
