import Glibc
import JSON
import Listening
import Secrets
import Support
import Synchronization
import Testing

@testable import API
@testable import Configuration

@Suite("Who may ask the service for what")
struct AccessTests {
    private static let scoped = Operations.all.filter { $0.access != .open }

    private func target(_ operation: Operation) -> String {
        operation.path.description.replacing("{job}", with: "home").replacing("{version}", with: "newest")
            .replacing("{run}", with: "01JD6Z3M9K7Q8V5R2T4W6X8Y0A").replacing(
                "{restore}", with: "01JD6Z3M9K7Q8V5R2T4W6X8Y0A")
    }

    @Test("without a token only probes and the description are answered, and every other operation is refused with 401")
    func withoutToken() throws {
        let home = try ServedHousehold(runs: false)
        for operation in Operations.all {
            let response = try home.send(operation.method, target(operation), token: nil)
            if operation.access == .open {
                #expect(response.status != 401, "\(operation.name)")
            } else {
                #expect(response.status == 401, "\(operation.name)")
                #expect(response.fields["WWW-Authenticate"]?.hasPrefix("Bearer") == true)
                #expect(response.fields["Content-Type"] == "application/problem+json")
            }
        }
        #expect(Operations.all.filter { $0.access == .open }.map(\.name) == ["livez", "readyz", "openapi"])
    }

    @Test(
        "each scope is let in to its own operations and to those of lesser ones, and to no other",
        arguments: APISettings.Scope.allCases)
    func scopes(_ scope: APISettings.Scope) throws {
        let home = try ServedHousehold(runs: false)
        let token = try #require(ServedHousehold.tokens[scope.rawValue])
        for operation in Self.scoped {
            guard case .scope(let needed) = operation.access else { continue }
            let response = try home.send(operation.method, target(operation), token: token)
            let isRefused = response.status == 403 && response.fields["WWW-Authenticate"] != nil
            #expect(isRefused == (scope < needed), "\(operation.name) with \(scope.rawValue): \(response.status)")
        }
    }

    @Test("attempts to get past the token are refused: other schemes, several fields, parts and changes of a token")
    func bypasses() throws {
        let token = ServedHousehold.token
        let fields: [HTTPHeaders] = [
            ["Authorization": token], ["Authorization": "Basic \(token)"], ["Authorization": "Bearer"],
            ["Authorization": "Bearer "], ["Authorization": "Bearer \(token) x"],
            ["Authorization": "Bearer \(token.dropLast())"], ["Authorization": "Bearer \(token.uppercased())"],
            ["Authorization": "Bearer \(token)", "authorization": "Bearer \(token)"], ["X-Api-Key": token],
            ["Cookie": "token=\(token)"], ["X-Forwarded-For": "127.0.0.1"], ["X-Original-URL": "/livez"],
            ["X-HTTP-Method-Override": "GET"], ["Authorization": "Bearer null"], ["Authorization": "Bearer undefined"],
        ]
        for one in fields {
            // Each with a limit of its own.
            let home = try ServedHousehold(runs: false)
            let response = home.api.answer(try ServerRequest("GET", "/status", fields: one))
            #expect(response.status == 401, "\(one)")
        }
        let home = try ServedHousehold(runs: false)
        for target in [
            "/status?token=\(token)", "/status?access_token=\(token)", "//status", "/STATUS", "/status/",
            "/livez/status",
            "/api/v1/jobs%2Fhome", "/%2e/status", "/status%00", "/livez;/status",
        ] {
            guard let request = try? ServerRequest("GET", target) else { continue }
            let status = home.api.answer(request).status
            #expect(status == 401 || status == 404, "\(target): \(status)")
        }
        #expect(
            home.api.answer(try ServerRequest("GET", "/status", fields: ["Authorization": "bearer \(token)"])).status
                == 200)
    }

    @Test(
        "another name than the service's own is refused, whatever token comes with it; addresses and its names are not")
    func hosts() throws {
        let home = try ServedHousehold(api: "    hosts: [Backup.example.com]", runs: false)
        for host in [
            "evil.example.com", "localhost.evil.example.com", "backup.example.com.evil.org", nil, "127.0.0.1.nip.io",
        ] {
            for operation in Self.scoped {
                let response = try home.send(operation.method, target(operation), host: host)
                #expect(response.status == 421, "\(operation.name) at \(host ?? "-")")
            }
        }
        for host in ["localhost", "127.0.0.1", "10.1.2.3", "[::1]", "::1", "backup.example.com", "backup.example.com."]
        {
            #expect(try home.send("GET", "/status", host: host).status == 200, "\(host)")
        }
    }

    @Test("at the socket the service's own user and root need no token, and others are refused")
    func socket() throws {
        let home = try ServedHousehold(runs: false)
        func status(_ user: UInt32) throws -> Int {
            try home.send(
                "GET", "/status", token: nil, host: "anything.example.com",
                peer: .process(user: user, group: 0, number: 1)
            ).status
        }
        #expect(try status(geteuid()) == 200 && status(0) == 200)
        #expect(try status(geteuid() &+ 4711) == 403)
    }

    @Test("after five wrong tokens a peer waits, longer each time, also with a right one; others do not")
    func limit() throws {
        let home = try ServedHousehold(runs: false)
        let bad = Peer.network(address: "10.0.0.1", port: 1)
        for _ in 0..<5 {
            #expect(try home.send("GET", "/status", token: "wrong-token-wrong-token", peer: bad).status == 401)
        }
        let blocked = try home.send("GET", "/status", peer: bad)
        #expect(blocked.status == 429 && blocked.fields["Retry-After"].flatMap { Int($0) } ?? 0 >= 1)
        #expect(try home.send("GET", "/livez", peer: bad).status == 200)
        #expect(try home.send("GET", "/status", peer: .network(address: "10.0.0.2", port: 1)).status == 200)
    }

    @Test(
        "waits grow to a minute, right tokens clear the count, and no more peers are remembered than there is room for")
    func waits() {
        let time = Mutex(ContinuousClock.now)
        let limit = LoginLimit(capacity: 4) { time.withLock { $0 } }
        let peer = Peer.network(address: "2001:db8::1", port: 1)
        let neighbour = Peer.network(address: "2001:db8::2", port: 9)
        var waits: [Int] = []
        for _ in 0..<13 {
            _ = limit.fail(peer)
            if let wait = limit.wait(neighbour) {
                waits.append(wait)
                time.withLock { $0 += .seconds(wait) }
            }
        }
        #expect(waits == waits.sorted() && waits.last == 61 && waits.count == 9, "\(waits)")
        limit.succeed(peer)
        #expect(!limit.fail(peer) && limit.wait(peer) == nil)
        for number in 0..<1000 { _ = limit.fail(.network(address: "10.0.\(number / 256).\(number % 256)", port: 1)) }
        #expect(limit.count <= 4)
    }

    @Test("a token that is too short is not accepted, and one that cannot be had now stays as it was")
    func tokens() throws {
        let book = TokenBook()
        func take(_ values: [String: String]) -> [String] {
            let tokens = ["short", "long", "gone"].map {
                APISettings.Token(name: $0, secret: SecretReference($0), scope: .read)
            }
            return book.take(
                tokens, SecretStore(sources: values.mapValues { .literal(Secret($0)) }, environment: [:]))
        }
        let first = take(["short": "fifteen-letters", "long": "sixteen-letters-", "gone": "another-long-token"])
        #expect(first.count == 1 && first[0].contains("short"))
        #expect(
            book.owner(of: "fifteen-letters".utf8) == nil && book.owner(of: "sixteen-letters-".utf8)?.name == "long")
        let second = take(["short": "fifteen-letters", "long": "sixteen-letters+"])
        #expect(second.count == 2)
        #expect(book.owner(of: "sixteen-letters-".utf8) == nil && book.owner(of: "sixteen-letters+".utf8) != nil)
        #expect(book.owner(of: "another-long-token".utf8)?.name == "gone")
    }

    @Test("every answer keeps browsers from storing, guessing and embedding it")
    func headers() throws {
        let home = try ServedHousehold(runs: false)
        for target in ["/livez", "/status", "/nothing", "/openapi.json"] {
            let response = try home.send("GET", target)
            #expect(
                response.fields["Cache-Control"] == "no-store" && response.fields["X-Content-Type-Options"] == "nosniff"
            )
            #expect(response.fields["Content-Security-Policy"]?.contains("default-src 'none'") == true)
            #expect(response.fields["Access-Control-Allow-Origin"] == nil)
        }
    }
}
