import Destinations
import Support
import Synchronization
import TestSupport
import Testing

/// Faults that a real Swift does not have on request.
@Suite("OpenStack Swift with faults") struct OpenStackFaultTests {
    private let sandbox: TemporaryFolder

    init() throws { sandbox = try TemporaryFolder() }

    private static func isObject(_ request: LoopbackHTTPServer.Request) -> Bool {
        request.target.hasPrefix("/v1/AUTH_wire/box/")
    }

    private let info = """
        {"swift":{"version":"2.38","account_autocreate":true,"container_listing_limit":10000},
        "bulk_delete":{"max_deletes_per_request":10}}
        """

    private func reply(_ status: Int, _ body: String = "", _ headers: [(String, String)] = [])
        -> LoopbackHTTPServer.Reply
    {
        .response(status: status, headers: headers, body: Array(body.utf8))
    }

    private var quick: CallRules {
        CallRules(attempts: 4, firstPause: .milliseconds(1), firstThrottledPause: .milliseconds(1))
    }

    @Test("finds by asking that a put was done whose answer was lost")
    func lostAnswer() throws {
        let kit = try WireKit(OpenStackSubject.wire)
        let server = kit.server
        let isLost = Atomic<Bool>(false)
        let info = info
        kit.fail { request, _ in
            if request.target == "/info" { return .response(status: 200, body: Array(info.utf8)) }
            guard request.method == "PUT", !isLost.exchange(true, ordering: .relaxed) else { return nil }
            _ = server.answer(request)
            return .hangUp
        }
        try kit.open(rules: quick).put("x", from: try LocalText.file("content"))
        // libcurl itself sends it again when a connection that was used before ends without a word.
        #expect(kit.count { $0.method == "PUT" } <= 2)
        #expect(kit.count { $0.method == "HEAD" } == 1)
        #expect(server.objects == ["backup/x": Array("content".utf8)])
    }

    @Test("goes on with a download where it broke, and says so when the object was replaced meanwhile")
    func resumed() throws {
        let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        for isReplaced in [false, true] {
            let kit = try WireKit(OpenStackSubject.wire)
            let server = kit.server
            let destination = try kit.open(rules: quick)
            try destination.put("x", from: try LocalText.file(body))
            let isBroken = Atomic<Bool>(false)
            kit.fail { request, _ in
                guard request.method == "GET", Self.isObject(request), !isBroken.exchange(true, ordering: .relaxed),
                    case .response(_, let headers, let body) = server.answer(request)
                else { return nil }
                if isReplaced { server.objects["backup/x"] = Array(repeating: 1, count: 300_000) }
                var head = "HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n"
                for (name, value) in headers { head += "\(name): \(value)\r\n" }
                return .raw(Array("\(head)\r\n".utf8) + body[..<200_000])
            }
            let path = "\(sandbox.path)/x"
            if isReplaced {
                let error = try #require(throws: DestinationError.self) { _ = try destination.get("x", to: path) }
                #expect(error.kind == .changed, "\(error)")
            } else {
                #expect(try destination.get("x", to: path) == 300_000)
                #expect(try SmallFile.read(path, limit: 400_000) == body)
                let ranges = kit.http.requests.compactMap { $0["range"] }
                #expect(ranges.count == 1 && ranges[0].hasPrefix("bytes=") && ranges[0] != "bytes=0-")
            }
        }
    }

    @Test("does not keep what a server has stored otherwise than it was sent")
    func storedOtherwise() throws {
        let kit = try WireKit(OpenStackSubject.wire)
        let server = kit.server
        kit.fail { request, _ in
            guard request.method == "PUT", Self.isObject(request) else { return nil }
            _ = server.answer(request)
            return .response(status: 201, headers: [("Etag", "\"00000000000000000000000000000000\"")])
        }
        let destination = try kit.open(rules: quick)
        let error = try #require(throws: DestinationError.self) {
            try destination.put("x", from: try LocalText.file("content"))
        }
        #expect(error.kind == .corrupt, "\(error)")
        #expect(server.objects.isEmpty)
        try kit.open(options: ["openstack-verify-etag": "false"]).put("x", from: try LocalText.file("content"))
        #expect(kit.http.requests.last { $0.method == "PUT" }?["etag"] == nil)
    }

    @Test("makes a container again that vanished, if the run may make it, and else says that it is missing")
    func vanished() throws {
        for mayCreate in [true, false] {
            let kit = try WireKit(OpenStackSubject.wire)
            let destination = try kit.open(rules: quick)
            let isGone = Atomic<Bool>(false)
            kit.fail { request, _ in
                guard request.target.hasPrefix("/v1/AUTH_wire/box") else { return nil }
                if request.method == "PUT", request.target == "/v1/AUTH_wire/box" {
                    isGone.store(false, ordering: .relaxed)
                    return .response(status: 201)
                }
                return isGone.load(ordering: .relaxed) ? .response(status: 404) : nil
            }
            try destination.prepare(create: mayCreate)
            isGone.store(true, ordering: .relaxed)
            let file = try LocalText.file("x")
            if mayCreate {
                try destination.put("x", from: file)
                #expect(kit.sentences.all.count { $0.contains("created again") } == 1)
            } else {
                let error = try #require(throws: DestinationError.self) { try destination.put("x", from: file) }
                #expect(error.kind == .missingContainer, "\(error)")
            }
        }
    }

    @Test("deletes in bulk in pieces that the server takes, and one by one what it would not")
    func bulk() throws {
        let kit = try WireKit(OpenStackSubject.wire)
        let info = info
        kit.fail { request, _ in request.target == "/info" ? .response(status: 200, body: Array(info.utf8)) : nil }
        let destination = try kit.open(rules: CallRules(attempts: 1))
        let names = (0..<25).map { "object \($0)" }
        kit.server.objects = Dictionary(uniqueKeysWithValues: names.map { ("backup/\($0)", [1]) })
        #expect(try destination.list().count == 25)
        kit.server.undeletable = ["backup/object 3", "backup/object 24"]
        let failures = try destination.delete(names + ["never there"])
        #expect(failures.keys.sorted() == ["object 24", "object 3"])
        #expect(failures.values.allSatisfy { $0.kind == .permission })
        #expect(kit.count { $0.target == "/v1/AUTH_wire?bulk-delete=1" } == 3)
        #expect(kit.count { $0.method == "DELETE" } == 2)
        #expect(kit.server.objects.count == 2)
    }

    @Test(
        "asks again with a lower limit when the server names one, and one request less of a Swift that tells of itself")
    func limits() throws {
        let kit = try WireKit(OpenStackSubject.wire)
        kit.fail { request, _ in
            guard request.target.contains("limit=10000") else { return nil }
            return .response(status: 412, body: Array("<html><p>Maximum limit is 7</p></html>".utf8))
        }
        let destination = try kit.open(rules: CallRules(attempts: 1))
        let names = (10..<40).map { "object-\($0)" }
        kit.server.objects = Dictionary(uniqueKeysWithValues: names.map { ("backup/\($0)", [1]) })
        #expect(try destination.list().map(\.name) == names)
        // Five pages with rows, an empty one, and the one that was refused.
        #expect(kit.count(OpenStackSubject.wire.isList) == 7)

        let telling = try WireKit(OpenStackSubject.wire)
        let info = info
        telling.fail { request, _ in request.target == "/info" ? .response(status: 200, body: Array(info.utf8)) : nil }
        telling.server.objects = kit.server.objects
        #expect(try telling.open().list().map(\.name) == names)
        #expect(telling.count(OpenStackSubject.wire.isList) == 1)
    }

    @Test("takes a full server for a passing fault once, and for a quota after that")
    func full() throws {
        let kit = try WireKit(OpenStackSubject.wire)
        kit.fail { request, _ in request.method == "PUT" ? .response(status: 507) : nil }
        let error = try #require(throws: DestinationError.self) {
            try kit.open(rules: self.quick).put("x", from: try LocalText.file("x"))
        }
        #expect(error.kind == .quota)
        #expect(kit.count { $0.method == "PUT" } == 2)
    }

    @Test("does not call an object missing that only one copy lacks")
    func lagging() throws {
        let kit = try WireKit(OpenStackSubject.wire)
        kit.server.objects = ["backup/x": Array("content".utf8)]
        let destination = try kit.open(rules: quick)
        _ = try destination.list()
        let misses = Atomic<Int>(0)
        kit.fail { request, _ in
            guard request.method == "GET", Self.isObject(request), misses.add(1, ordering: .relaxed).newValue <= 2
            else { return nil }
            return .response(status: 404)
        }
        #expect(try destination.get("x", to: "\(sandbox.path)/x") == 7)
        #expect(kit.count { $0.method == "HEAD" && $0["x-newest"] == "true" } == 2)
        // One that is missing costs one further request.
        let before = kit.http.requests.count
        let error = try #require(throws: DestinationError.self) {
            _ = try destination.get("y", to: "\(sandbox.path)/y")
        }
        #expect(error.kind == .missingObject && kit.http.requests.count == before + 2)
    }

    @Test("replaces nothing where the server does not know that it should not")
    func unconditional() throws {
        let double = SwiftDouble(container: "box")
        let server = try LoopbackHTTPServer { request, _ in
            double.answer(
                .init(
                    method: request.method, target: request.target,
                    headers: request.headers.filter { $0.name != "if-none-match" }, body: request.body))
        }
        defer { server.stop() }
        let destination = try DestinationRegistry.open(url: OpenStackSubject.wire.url(server.url))
        let file = try LocalText.file("first")
        for _ in 1...2 { try destination.put("x", from: file) }
        let error = try #require(throws: DestinationError.self) {
            try destination.put("x", from: try LocalText.file("other"))
        }
        #expect(error.kind == .exists, "\(error)")
        #expect(double.objects == ["backup/x": Array("first".utf8)])
    }

    @Test("works with Ceph's gateway: a login of 204, an address without an account, short pages")
    func gateway() throws {
        let double = SwiftDouble(container: "box")
        let server = try LoopbackHTTPServer { request, _ in
            switch request.target {
            case "/swift/info": return .response(status: 404)
            case "/auth/v1":
                let answer = double.answer(
                    .init(method: "GET", target: "/auth/v1.0", headers: request.headers, body: []))
                guard case .response(200, let headers, _) = answer else { return answer }
                let host = request["host"] ?? ""
                return .response(
                    status: 204,
                    headers: headers.map { ($0.0, $0.0 == "X-Storage-Url" ? "http://\(host)/swift/v1" : $0.1) })
            default:
                let path = request.target.dropFirst("/swift/v1".count)
                let answer = double.answer(
                    .init(
                        method: request.method, target: "/v1/AUTH_wire\(path)", headers: request.headers,
                        body: request.body))
                // Its tags have quotes.
                guard case .response(let status, let headers, let body) = answer else { return answer }
                return .response(
                    status: status, headers: headers.map { ($0.0, $0.0 == "Etag" ? "\"\($0.1)\"" : $0.1) }, body: body)
            }
        }
        defer { server.stop() }
        let destination = try OpenStackSubject.open(
            "box",
            [
                "openstack-authuri": "\(server.url)/auth/v1", "auth-username": SwiftDouble.user,
                "auth-password": SwiftDouble.key,
            ])
        try destination.prepare(create: true)
        for index in 0..<30 { try destination.put("object-\(index)", from: try LocalText.file("\(index)")) }
        double.pageSize = 21
        double.oddity = .short
        #expect(try destination.list().count == 30)
        #expect(try destination.get("object-29", to: "\(sandbox.path)/x") == 2)
        #expect(try destination.delete((0..<30).map { "object-\($0)" }).isEmpty)
        #expect(double.objects.isEmpty)
    }

    @Test("tells of objects in a cold archive, and does not wait hours for one")
    func archive() throws {
        let kit = try WireKit(OpenStackSubject.wire)
        let server = kit.server
        server.objects = ["backup/x": [1]]
        kit.fail { request, _ in
            if Self.isObject(request), request.method == "GET" {
                return .response(status: 429, headers: [("Retry-After", "14400"), ("X-Ovh-Retrieval-State", "sealed")])
            }
            guard OpenStackSubject.wire.isList(request),
                case .response(_, let headers, let body) = server.answer(request)
            else { return nil }
            return .response(status: 200, headers: headers + [("X-Storage-Policy", "PCA")], body: body)
        }
        let destination = try kit.open()
        #expect(try destination.list().map(\.isArchived) == [true])
        let error = try #require(throws: DestinationError.self) {
            _ = try destination.get("x", to: "\(sandbox.path)/x")
        }
        #expect(error.kind == .archived && error.retryAfter == .seconds(14_400), "\(error)")
        #expect(kit.count { $0.method == "GET" && Self.isObject($0) } == 1)
    }

    @Test(
        "refuses what no container can be called, before anything is sent",
        arguments: [
            "openstack://", "openstack:///folder", "openstack://host:5000/folder",
        ])
    func places(_ url: String) throws {
        let options = ["openstack-authuri": "http://127.0.0.1:1/v3", "auth-username": "u", "auth-password": "p"]
        let error = try #require(throws: DestinationError.self) {
            _ = try DestinationRegistry.open(url: url, options: options)
        }
        #expect(error.kind == .configuration && error.advice.contains("openstack://container"))
    }

    @Test("knows every option, and says which one was meant by another")
    func options() throws {
        let sentences = Sentences()
        _ = try DestinationRegistry.open(
            url: "openstack://box",
            options: [
                "openstack-authuri": "http://127.0.0.1:1/v3", "auth-username": "u", "auth-password": "p",
                "openstack-tenant-name": "t", "openstack-domain-name": "d", "openstack-regoin": "R",
                "openstack-verify-etag": "true", "openstack-segment-size": "1gb", "number-of-retries": "3",
            ], environment: sentences.environment)
        #expect(
            sentences.all == [
                "openstack://box: unknown option 'openstack-regoin' is ignored; did you mean 'openstack-region'?"
            ])
        let error = try #require(throws: DestinationError.self) {
            _ = try DestinationRegistry.open(
                url: "openstack://box?auth-username=u&openstack-authuri=http%3A%2F%2Fh%2Fv3")
        }
        #expect(error.kind == .configuration && error.detail.contains("auth-password"))
        #expect(error.advice.contains("OS_PASSWORD"))
    }
}
