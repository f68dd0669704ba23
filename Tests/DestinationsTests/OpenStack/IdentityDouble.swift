import JSON
import Support
import TestSupport
import Transport

@testable import Destinations

/// What the tests of logins share: settings from options, answers of identity services, and a way to log in.
enum IdentityKit {
    static func settings(
        _ options: [String: String], url: String = "openstack://box", cloud: IdentityLayer? = nil,
        environment: [String: String] = [:]
    ) throws -> IdentitySettings {
        let url = try DestinationURL(parsing: url)
        let first = IdentityLayer(url, DestinationOptions(options, overriddenBy: url))
        return try IdentitySettings(
            layers: [first] + (cloud.map { [$0] } ?? []) + [IdentityLayer(environment: environment)])
    }

    static func service(_ settings: IdentitySettings) -> IdentityService {
        let transport = Transport(version: "test", usesProxies: false)
        return IdentityService(settings) { request throws(IdentityRefusal) in
            do throws(TransportError) {
                return try transport.send(request)
            } catch {
                throw IdentityRefusal(.transient, "\(error)")
            }
        }
    }

    static func login(_ options: [String: String], url: String = "openstack://box") throws -> Login {
        try service(try settings(options, url: url)).login()
    }

    static func refusal(_ body: () throws -> Void) throws -> IdentityRefusal {
        do {
            try body()
        } catch let refusal as IdentityRefusal {
            return refusal
        }
        throw NoRefusal()
    }

    struct NoRefusal: Error {}

    static func reply(
        _ status: Int, _ body: String = "", headers: [(String, String)] = []
    ) -> LoopbackHTTPServer.Reply {
        .response(status: status, headers: headers, body: Array(body.utf8))
    }

    static let unauthorized = """
        {"error":{"code":401,"message":"The request you have made requires authentication.","title":"Unauthorized"}}
        """

    static func token(_ name: String, life: Int = 3600, storage: String = "http://127.0.0.1/v1/AUTH_p")
        -> LoopbackHTTPServer.Reply
    {
        let end = Timestamp(seconds: 1_795_000_000 + Int64(life)).iso8601.dropLast()
        let start = Timestamp(seconds: 1_795_000_000).iso8601.dropLast()
        return reply(
            201,
            """
            {"token":{"methods":["password"],"expires_at":"\(end).000000Z","issued_at":"\(start).123456Z",
            "project":{"id":"p","name":"backup"},"catalog":[{"type":"identity","endpoints":[]},
            {"type":"object-store","name":"swift","endpoints":[
            {"interface":"admin","region":"One","region_id":"One","url":"http://admin/v1"},
            {"interface":"public","region":"One","region_id":"One","url":"\(storage)"}]}]}}
            """, headers: [("X-Subject-Token", name)])
    }

    static func v2(_ token: String) -> LoopbackHTTPServer.Reply {
        reply(
            200,
            """
            {"access":{"token":{"id":"\(token)","expires":"2026-11-22T01:46:59Z","issued_at":"2026-11-22T00:46:59.5",
            "tenant":{"id":"42","name":"t"}},"user":{"id":"1","name":"u","RAX-AUTH:defaultRegion":"ORD"},
            "serviceCatalog":[{"type":"rax:object-cdn","endpoints":[{"region":"DFW","publicURL":"http://cdn"}]},
            {"type":"object-store","name":"cloudFiles","endpoints":[
            {"region":"DFW","publicURL":"http://dfw/v1/M","internalURL":"http://snet-dfw/v1/M","adminURL":""},
            {"region":"ORD","publicURL":"http://ord/v1/M","internalURL":"http://snet-ord/v1/M"}]}]}}
            """)
    }

    /// The body of a request.
    static func json(_ request: LoopbackHTTPServer.Request) -> JSONValue {
        (try? JSONValue(parsing: request.body)) ?? .null
    }
}
