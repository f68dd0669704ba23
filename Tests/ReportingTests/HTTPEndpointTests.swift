import JSON
import Support
import TestSupport
import Testing
import Transport

@testable import Reporting

@Suite("An HTTP receiver")
struct HTTPEndpointTests {
    private let transport = Transport(version: "1.4.0", usesProxies: false)
    private let key = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    private let time = Timestamp(seconds: 1_795_305_500)

    private func endpoint(_ url: String) -> ReportEndpoint { endpoint(url) { _ in } }

    private func endpoint(_ url: String, _ change: (inout HTTPEndpoint) throws -> Void) rethrows -> ReportEndpoint {
        let time = time
        var endpoint = HTTPEndpoint(url: Secret(url), isWebhook: true) { time }
        try change(&endpoint)
        return .http(endpoint)
    }

    private func message(_ report: RunReport, _ form: ReportForm = .report) throws -> ReportMessage {
        try #require(form.messages(for: report).first)
    }

    private func send(
        _ message: ReportMessage, to endpoint: ReportEndpoint, cancellation: CancellationFlag? = nil
    ) -> DeliveryAttempt {
        endpoint.send(message, over: transport, timeout: .seconds(5), cancellation: cancellation)
    }

    @Test("gets the report as it is, with the fields of CloudEvents and Standard Webhooks")
    func delivered() throws {
        let server = try LoopbackHTTPServer([.response(status: 204)])
        defer { server.stop() }
        let keys = [try SigningKey(key), try SigningKey(Secret("old key"))]
        // As it comes out of the outbox.
        let kept = try message(ReportSamples.warning)
        let sent = try #require(
            ReportMessage(envelope: try JSONValue(parsing: kept.envelope.serialized()), body: kept.body))
        #expect(sent == kept)
        let attempt = send(sent, to: endpoint("\(server.url)/hooks/backup") { $0.keys = keys })
        #expect(attempt.isDelivered && attempt.detail == "It was delivered (HTTP 204).")
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

    @Test("gets names that a field cannot hold escaped, and does without a job and a key")
    func names() throws {
        let server = try LoopbackHTTPServer([.response(status: 200)])
        defer { server.stop() }
        var report = ReportSamples.earlyFailure
        report.instance.name = "büro/1 \"x\""
        #expect(send(try message(report), to: endpoint(server.url)).isDelivered)
        report.job = .init(name: "ä b")
        #expect(send(try message(report), to: endpoint(server.url)).isDelivered)
        let requests = server.requests
        #expect(
            requests.map { $0["ce-source"] } == [
                "/instances/b%C3%BCro%2F1%20%22x%22", "/instances/b%C3%BCro%2F1%20%22x%22/jobs/%C3%A4%20b",
            ])
        #expect(requests.map { $0["ce-subject"] } == ["b%C3%BCro/1%20%22x%22", "%C3%A4%20b"])
        #expect(requests.allSatisfy { $0["webhook-signature"] == nil })
    }

    @Test("that is busy is asked again, at the time that it says", arguments: [408, 429, 500, 503])
    func busy(_ status: Int) throws {
        let server = try LoopbackHTTPServer([
            .hangUp, .response(status: status), .response(status: status, headers: [("Retry-After", "86400")]),
        ])
        defer { server.stop() }
        let message = try message(ReportSamples.success)
        let endpoint = try endpoint(server.url) { $0.keys = [try SigningKey(key)] }
        #expect(send(message, to: endpoint).outcome == .postponed(asked: nil))
        #expect(send(message, to: endpoint).outcome == .postponed(asked: nil))
        #expect(send(message, to: endpoint).outcome == .postponed(asked: .seconds(86_400)))
        #expect(Set(server.requests.map { $0["webhook-id"] }) == ["run-1"])
    }

    @Test("that refuses is not asked again", arguments: [301, 400, 401, 404, 410, 413])
    func refused(_ status: Int) throws {
        let server = try LoopbackHTTPServer([.response(status: status, body: Array("go away".utf8))])
        defer { server.stop() }
        let attempt = send(try message(ReportSamples.success), to: endpoint(server.url))
        #expect(attempt.outcome == .refused && attempt.answer == "go away")
        #expect(attempt.detail.contains("HTTP \(status)"))
    }

    @Test("that cannot be reached is asked again, and its URL stays secret")
    func unreachable() throws {
        let server = try LoopbackHTTPServer([.hangUp])
        server.stop()
        let attempt = send(try message(ReportSamples.success), to: endpoint("\(server.url)/token/swordfish"))
        #expect(attempt.outcome == .postponed(asked: nil))
        #expect(attempt.detail.contains("No connection to the server (\(server.url))"))
        let invalid = send(try message(ReportSamples.success), to: endpoint("swordfish"))
        #expect(invalid.outcome == .refused)
        #expect(!attempt.detail.contains("swordfish") && !invalid.detail.contains("swordfish"))
    }

    @Test("is not followed to another host")
    func redirect() throws {
        let other = try LoopbackHTTPServer([.response(status: 200)])
        defer { other.stop() }
        let server = try LoopbackHTTPServer([.response(status: 307, headers: [("Location", other.url)])])
        defer { server.stop() }
        #expect(send(try message(ReportSamples.success), to: endpoint(server.url)).outcome == .refused)
        #expect(other.requests.isEmpty)
    }

    @Test("is left alone once the caller asks to stop")
    func cancelled() throws {
        let server = try LoopbackHTTPServer([.response(status: 200)])
        defer { server.stop() }
        let flag = CancellationFlag()
        flag.cancel()
        let attempt = send(try message(ReportSamples.success), to: endpoint(server.url), cancellation: flag)
        #expect(attempt.outcome == .cancelled && server.requests.isEmpty)
    }

    @Test("gets what the configuration says on top: another method, header fields, members of the body")
    func additions() throws {
        let server = try LoopbackHTTPServer([.response(status: 200)])
        defer { server.stop() }
        let put = endpoint(server.url) {
            $0.method = .put
            $0.headers = [.init("Authorization", Secret("Bearer x")), .init("content-type", Secret("text/json"))]
        }
        #expect(send(try message(ReportSamples.success), to: put).isDelivered)
        #expect(send(try message(ReportSamples.success), to: endpoint(server.url) { $0.method = .get }).isDelivered)
        let pager = endpoint(server.url) {
            $0.isWebhook = false
            $0.members = [.init("routing_key", Secret("k\"ey"))]
        }
        #expect(send(try message(ReportSamples.failure, .pagerDuty), to: pager).isDelivered)
        let requests = server.requests
        #expect(requests.map(\.method) == ["PUT", "GET", "POST"])
        #expect(requests[0]["authorization"] == "Bearer x" && requests[0]["content-type"] == "text/json")
        #expect(requests[1].body.isEmpty && requests[1]["content-type"] == nil)
        #expect(try JSONValue(parsing: requests[2].body)["routing_key"]?.string == "k\"ey")
        #expect(requests[2]["webhook-id"] == nil)
    }

    @Test("may say no with a status of 200, or how long to wait in its body")
    func dialects() throws {
        let answers: [(HTTPDialect, Int, String, DeliveryAttempt.Outcome)] = [
            (.healthchecks, 200, "OK", .delivered), (.healthchecks, 200, "OK (not found)", .refused),
            (.healthchecks, 200, "OK (rate limited)", .postponed(asked: .seconds(60))),
            (.healthchecks, 409, "not unique", .refused), (.statusInBody, 200, #"{"ok":true}"#, .delivered),
            (.statusInBody, 200, #"{"ok":false,"msg":"Monitor not found"}"#, .refused),
            (.statusInBody, 429, #"{"ok":false,"parameters":{"retry_after":7}}"#, .postponed(asked: .seconds(7))),
            (.retryInBody, 429, #"{"retry_after":1.5}"#, .postponed(asked: .milliseconds(1500))),
            (.retryInBody, 204, "", .delivered), (.apprise, 204, "", .refused), (.apprise, 200, "{}", .delivered),
            (.plain, 200, "OK (not found)", .delivered), (.plain, 429, #"{"retry_after":1.5}"#, .postponed(asked: nil)),
        ]
        let server = try LoopbackHTTPServer { _, number in
            .response(status: answers[number - 1].1, body: Array(answers[number - 1].2.utf8))
        }
        defer { server.stop() }
        for (dialect, status, body, outcome) in answers {
            let attempt = send(try message(ReportSamples.success), to: endpoint(server.url) { $0.dialect = dialect })
            #expect(attempt.outcome == outcome, "\(dialect) \(status) \(body)")
        }
    }

    @Test("has a URL to which a path is added once, and parameters in place of its own")
    func urls() {
        func url(_ text: String, _ path: String = "", _ query: [ReportMessage.Field] = []) -> String {
            ReportURL(text).adding(path: path, query: query)
        }
        #expect(url("https://hc/uuid", "/start") == "https://hc/uuid/start")
        #expect(url("https://am/", "/api/v2/alerts") == "https://am/api/v2/alerts")
        #expect(url("https://am/api/v2/alerts", "/api/v2/alerts") == "https://am/api/v2/alerts")
        #expect(
            url("https://hc/uuid?create=1#x", "/fail", [.init("rid", "ä b&")])
                == "https://hc/uuid/fail?create=1&rid=%C3%A4%20b%26")
        #expect(
            url("https://kuma/api/push/t?status=up&msg=OK&ping=", "", [.init("status", "down"), .init("msg", "x")])
                == "https://kuma/api/push/t?ping=&status=down&msg=x")
    }
}

@Suite("Pauses between attempts")
struct DeliveryPolicyTests {
    @Test("double up to ten minutes, and are as long as the receiver asks")
    func usual() {
        let policy = DeliveryPolicy()
        #expect(
            (1...12).map { policy.pause(after: $0).components.seconds } == [
                2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600,
            ])
        #expect(policy.pause(after: 1, asked: .seconds(3600)) == .seconds(3600))
        #expect(policy.pause(after: 9, asked: .seconds(1)) == .seconds(512))
    }

    @Test("grow as the configuration says")
    func growth() {
        let linear = DeliveryPolicy(firstPause: .seconds(3), longestPause: .seconds(10), growth: .linear)
        #expect((1...5).map { linear.pause(after: $0).components.seconds } == [3, 6, 9, 10, 10])
        #expect(DeliveryPolicy(firstPause: .seconds(3), growth: .none).pause(after: 9) == .seconds(3))
    }
}
