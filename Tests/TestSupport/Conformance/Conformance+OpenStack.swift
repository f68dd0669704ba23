internal import Destinations
internal import Support
internal import Transport

extension Conformance {
    static let openStack = [
        ConformanceCheck(56, "every way to log in to OpenStack works", needs: .openStack, logins),
        ConformanceCheck(57, "the domain `default` falls back to its id", needs: .openStack, defaultDomain),
        ConformanceCheck(58, "the right endpoint is chosen from any catalogue", needs: .openStack, endpoints),
        ConformanceCheck(59, "every status of Swift has its kind", needs: .openStack, wire: statuses),
        ConformanceCheck(60, "expired and revoked tokens are renewed", needs: .openStack, wire: expiry),
        ConformanceCheck(61, "large objects keep their size and leave no segments", needs: .openStack, largeObjects),
    ]

    /// Options of a login by password at a double, where `domain` is that of user and project.
    private static func password(_ url: String, domain: String) -> [String: String] {
        [
            "openstack-authuri": url, "auth-username": "u", "auth-password": "pw-of-u",
            "openstack-tenant-name": "p", "openstack-domain-name": domain,
        ]
    }

    private static func open(_ options: [String: String]) throws -> any Destination {
        var environment = DestinationEnvironment()
        environment.rules = CallRules(attempts: 1)
        return try DestinationRegistry.open(url: "openstack://box", options: options, environment: environment)
    }

    /// Calls `body` with a double's address while it answers.
    private static func with(
        _ double: KeystoneDouble, _ body: (LoopbackHTTPServer) throws -> Void
    ) throws {
        let http = try LoopbackHTTPServer { request, _ in double.answer(request) }
        defer { http.stop() }
        try body(http)
    }

    // MARK: 56

    private struct Way {
        /// What the double accepts as `auth`.
        let auth: String
        /// Where the login goes, below the double's address.
        let path: String
        let options: [String: String]
    }

    private static let ways: [Way] = [
        Way(
            auth: #"""
                {"identity":{"methods":["password"],"password":{"user":{"name":"u","domain":{"name":"d"},
                "password":"s3cret"}}},"scope":{"project":{"name":"p","domain":{"name":"d"}}}}
                """#, path: "/v3",
            options: ["auth-username": "u", "openstack-tenant-name": "p", "openstack-domain-name": "d"]),
        Way(
            auth: #"""
                {"identity":{"methods":["password"],"password":{"user":{"id":"u1","password":"s3cret"}}},
                "scope":{"project":{"id":"p1"}}}
                """#, path: "", options: ["openstack-user-id": "u1", "openstack-tenant-id": "p1"]),
        Way(
            auth: #"""
                {"identity":{"methods":["password"],"password":{"user":{"name":"u","domain":{"id":"d1"},
                "password":"s3cret"}}},"scope":{"project":{"id":"p1"}}}
                """#, path: "/v3/",
            options: ["auth-username": "u", "openstack-domain-id": "d1", "openstack-tenant-id": "p1"]),
        Way(
            auth: #"""
                {"identity":{"methods":["application_credential"],"application_credential":{"id":"a1","secret":"s3cret"}}}
                """#, path: "",
            options: [
                "openstack-application-credential-id": "a1", "openstack-application-credential-secret": "s3cret",
                "openstack-tenant-name": "p",
            ]),
        Way(
            auth: #"""
                {"identity":{"methods":["application_credential"],"application_credential":{"name":"a","secret":"s3cret",
                "user":{"name":"u","domain":{"name":"d"}}}}}
                """#, path: "/v3",
            options: [
                "openstack-application-credential-name": "a", "openstack-application-credential-secret": "s3cret",
                "auth-username": "u", "openstack-domain-name": "d", "openstack-tenant-name": "p",
            ]),
        Way(
            auth: #"{"passwordCredentials":{"username":"u","password":"s3cret"},"tenantName":"p"}"#, path: "/v2.0",
            options: ["auth-username": "u", "openstack-tenant-name": "p"]),
        Way(
            auth: #"{"RAX-KSKEY:apiKeyCredentials":{"username":"u","apiKey":"s3cret"}}"#, path: "/v2.0/",
            options: ["auth-username": "u", "openstack-apikey": "s3cret"]),
    ]

    private static func logins(
        _ subject: ConformanceSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        for way in ways {
            let double = KeystoneDouble(container: "box", accepting: way.auth)
            try with(double) { http in
                var options = way.options
                options["openstack-authuri"] = "\(http.url)\(way.path)"
                if options["openstack-application-credential-secret"] == nil, options["openstack-apikey"] == nil {
                    options["auth-password"] = "s3cret"
                }
                let destination = try open(options)
                try destination.put("x", from: try sandbox.file("x"))
                try expect(try destination.list().map(\.name) == ["x"], "the listing is wrong after \(way.auth)")
                try expect(double.swift.logins == 1, "there were \(double.swift.logins) logins")
            }
        }
        // Version 1 is what the scripted server speaks.
        guard let wire = subject.wire else { return .kept }
        let kit = try WireKit(wire)
        try expect(try kit.open().list().isEmpty, "a login by version 1 does not list")
        return .kept
    }

    // MARK: 57

    private static func defaultDomain(
        _ subject: ConformanceSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        let auth = #"""
            {"identity":{"methods":["password"],"password":{"user":{"name":"u","domain":{"id":"default"},
            "password":"pw-of-u"}}},"scope":{"project":{"name":"p","domain":{"id":"default"}}}}
            """#
        for name in ["default", "Default"] {
            try with(KeystoneDouble(container: "box", accepting: auth)) { http in
                let destination = try open(password("\(http.url)/v3", domain: name))
                _ = try destination.list()
                let attempts = http.requests.count { $0.target == "/v3/auth/tokens" }
                try expect(attempts == 2, "\(name) took \(attempts) attempts")
            }
            try with(KeystoneDouble(container: "box")) { http in
                let destination = try open(password("\(http.url)/v3", domain: name))
                for _ in 1...3 {
                    try ConformanceSandbox.expectError(.authentication) { _ = try destination.list() }
                }
                try expect(http.requests.count == 2, "a wrong password took \(http.requests.count) attempts")
            }
        }
        return .kept
    }

    // MARK: 58

    private static func endpoints(
        _ subject: ConformanceSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        let rows: [(options: [String: String], endpoint: String, isWarned: Bool)] = [
            ([:], "one-public", false), (["openstack-region": "Two"], "two-public", false),
            (["openstack-region": "tWo"], "two-public", false), (["openstack-region": "Three"], "one-public", true),
            (["openstack-interface": "internal"], "one-internal", false),
            (["openstack-interface": "internalURL", "openstack-region": "One"], "one-internal", false),
        ]
        let auth = #"""
            {"identity":{"methods":["password"],"password":{"user":{"name":"u","domain":{"name":"d"},
            "password":"pw-of-u"}}},"scope":{"project":{"name":"p","domain":{"name":"d"}}}}
            """#
        for row in rows {
            let double = KeystoneDouble(container: "box", accepting: auth)
            try with(double) { http in
                let sentences = Sentences()
                let destination = try DestinationRegistry.open(
                    url: "openstack://box",
                    options: password("\(http.url)/v3", domain: "d").merging(row.options) { $1 },
                    environment: sentences.environment)
                _ = try destination.list()
                try expect(double.usedEndpoints == [row.endpoint], "\(row.options): \(double.usedEndpoints)")
                let warnings = sentences.all.filter { $0.contains("One, Two") }
                try expect(warnings.count == (row.isWarned ? 1 : 0), "\(row.options): \(sentences.all)")
            }
        }
        return .kept
    }

    // MARK: 59

    private static func statuses(
        _ wire: WireSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        let wait = [("Retry-After", "3")]
        let days = [("Retry-After", "14400")]
        let rows: [(act: String, status: Int, body: String, headers: [(String, String)], DestinationError.Kind)] = [
            ("put", 400, "", [], .configuration), ("put", 403, "", [], .permission),
            ("put", 408, "", [], .transient), ("put", 409, "", [], .exists),
            ("put", 411, "", [], .internalFault), ("put", 413, "Upload exceeds quota.", [], .quota),
            ("put", 413, "Your request is too large.", [], .unsupported), ("put", 413, "", wait, .throttled),
            ("put", 422, "", [], .corrupt), ("put", 429, "", wait, .throttled), ("put", 497, "", [], .permission),
            ("put", 498, "", [], .throttled), ("put", 499, "", [], .transient), ("put", 500, "", [], .transient),
            ("put", 501, "", [], .unsupported), ("put", 503, "", [], .transient), ("put", 503, "", wait, .throttled),
            ("put", 504, "", [], .transient), ("put", 507, "", [], .transient),
            ("get", 403, "", [], .permission), ("get", 416, "", [], .corrupt), ("get", 404, "", [], .missingObject),
            ("get", 429, "", wait, .throttled), ("get", 429, "", days, .archived),
            ("get", 429, "", [("X-Ovh-Retrieval-State", "sealed")], .archived), ("get", 503, "", days, .throttled),
            ("list", 404, "", [], .missingContainer), ("list", 403, "", [], .permission),
            ("list", 412, "", [], .configuration), ("list", 302, "", [], .configuration),
            ("delete", 403, "", [], .permission), ("delete", 409, "", [], .changed),
            ("prepare", 403, "", [], .permission), ("prepare", 404, "", [], .missingContainer),
        ]
        for row in rows {
            let kit = try WireKit(wire)
            let destination = try kit.open(rules: CallRules(attempts: 1))
            _ = try destination.list()
            kit.fail { request, _ in
                request.target.hasPrefix("/v1/") && (request.method != "HEAD" || row.act == "prepare")
                    ? .response(status: row.status, headers: row.headers, body: Array(row.body.utf8)) : nil
            }
            let file = try sandbox.file("x")
            let error = try ConformanceSandbox.error {
                switch row.act {
                case "put": try destination.put("x", from: file)
                case "get": _ = try destination.get("x", to: sandbox.freshPath())
                case "list": _ = try destination.list()
                case "delete": try destination.delete("x")
                default: try destination.prepare(create: false)
                }
            }
            try expect(error.kind == row.4, "\(row.act) \(row.status) is \(error.kind) and not \(row.4): \(error)")
        }
        return .kept
    }

    // MARK: 60

    private static func expiry(
        _ wire: WireSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        // Ceph's gateway says 403 of a token that has ended: it is renewed once, unless it has only just come.
        let kit = try WireKit(wire)
        let clock = LeapingClock()
        let destination = try kit.open(rules: CallRules(attempts: 1)) { $0.clock = clock.clock }
        try destination.put("x", from: try sandbox.file("x"))
        let server = kit.server
        kit.fail { request, _ in
            guard request["x-auth-token"] == "AUTH_tkwire1" else { return nil }
            return .response(status: 403)
        }
        try ConformanceSandbox.expectError(.permission) { _ = try destination.list() }
        try expect(server.logins == 1, "a token of this minute was renewed")
        clock.clock.sleep(.seconds(61), CancellationFlag())
        try expect(try destination.list().map(\.name) == ["x"], "the listing is wrong")
        try expect(server.logins == 2, "there were \(server.logins) logins")
        // One that is revoked is renewed at once.
        kit.fail { _, _ in nil }
        server.expireLogins()
        try destination.put("y", from: try sandbox.file("y"))
        try expect(server.logins == 3, "there were \(server.logins) logins")
        // Before it ends it is renewed by itself: the double's live an hour.
        clock.clock.sleep(.seconds(3600), CancellationFlag())
        _ = try destination.list()
        try expect(server.logins == 4, "there were \(server.logins) logins")
        // A storage that never accepts a token costs one further login.
        kit.fail { request, _ in request["x-auth-token"] == nil ? nil : .response(status: 401) }
        try ConformanceSandbox.expectError(.authentication) { _ = try destination.list() }
        try expect(server.logins == 5, "there were \(server.logins) logins")
        return .kept
    }

    // MARK: 61

    private static func largeObjects(
        _ subject: ConformanceSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        let destination = try DestinationRegistry.open(
            url: subject.url(), options: ["openstack-segment-size": "1mb"])
        try destination.prepare(create: true)
        let bytes = ConformanceSandbox.noise((5 << 20) + 1)
        let file = try sandbox.file(bytes)
        for _ in 1...2 { try destination.put("large", from: file) }
        let listed = try destination.list()
        try expect(listed.map(\.size) == [Int64(bytes.count)], "the listing says \(listed)")
        try expect(try sandbox.content("large", of: destination) == bytes, "the content differs")
        try expect(try destination.sweep(olderThan: .zero) == 0, "segments of the object were swept")
        let other = try sandbox.file(ConformanceSandbox.noise((5 << 20) + 1, seed: 2))
        try ConformanceSandbox.expectError(.exists, of: "large") { try destination.put("large", from: other) }
        let left = try destination.sweep(olderThan: .zero)
        try expect(left == 0, "a refused object left \(left) segments")
        try destination.delete("large")
        try expect(try destination.list().isEmpty, "the object is still listed")
        let orphans = try destination.sweep(olderThan: .zero)
        try expect(orphans == 0, "the deletion left \(orphans) segments")
        return .kept
    }
}
