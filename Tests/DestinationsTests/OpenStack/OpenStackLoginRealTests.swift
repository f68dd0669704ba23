import Destinations
import Glibc
import JSON
import Support
import Synchronization
import TestSupport
import Testing
import Transport

@Suite(
    "A login to the real Keystone", .enabled(if: OpenStackServers.areThere, "\(OpenStackServers.absence)"),
    .timeLimit(.minutes(3)))
struct OpenStackLoginRealTests {
    private let servers: OpenStackServers

    init() throws { servers = try OpenStackServers.shared() }

    /// Stores, lists and fetches one object.
    private func live(_ options: [String: String], _ environment: DestinationEnvironment = DestinationEnvironment())
        throws
    {
        let destination = try OpenStackSubject.open(OpenStackSubject.freshName(), options, environment: environment)
        try destination.prepare(create: true)
        try destination.put("object", from: try LocalText.file("content"))
        #expect(try destination.list().map(\.name) == ["object"])
        #expect(try destination.read("object", 1..<4) == Array("ont".utf8))
        try destination.delete("object")
    }

    @Test("works in every way", arguments: 0..<7)
    func ways(_ index: Int) throws {
        let keystone = servers.keystone
        let (backup, credential) = (keystone.backup, keystone.applicationCredential)
        let address = ["openstack-authuri": keystone.authURL]
        let secret = ["openstack-application-credential-secret": credential.secret.reveal()]
        let password = ["auth-password": backup.password.reveal()]
        let ways: [[String: String]] = [
            OpenStackSubject.v3(keystone),
            address.merging(password) { $1 }.merging([
                "openstack-user-id": backup.userID, "openstack-tenant-id": backup.projectID,
            ]) { $1 },
            address.merging(password) { $1 }.merging([
                "auth-username": backup.user, "openstack-user-domain-id": backup.domainID,
                "openstack-tenant-id": backup.projectID,
            ]) { $1 },
            address.merging(secret) { $1 }.merging(["openstack-application-credential-id": credential.id]) { $1 },
            // The project must not be sent along.
            address.merging(secret) { $1 }.merging([
                "openstack-application-credential-name": credential.name, "auth-username": backup.user,
                "openstack-domain-name": backup.domain, "openstack-tenant-name": backup.project,
            ]) { $1 },
            // The version is found out.
            OpenStackSubject.v3(keystone).merging(["openstack-authuri": keystone.url]) { $1 },
            OpenStackSubject.v3(keystone, as: keystone.inDefaultDomain),
        ]
        try live(ways[index])
    }

    @Test("works with variables of the environment alone, and with the domain `default` in small letters")
    func environment() throws {
        let keystone = servers.keystone
        let login = keystone.inDefaultDomain
        let variables = [
            "OS_AUTH_URL": keystone.url, "OS_USERNAME": login.user, "OS_PASSWORD": login.password.reveal(),
            "OS_PROJECT_NAME": login.project, "OS_USER_DOMAIN_NAME": "default", "OS_PROJECT_DOMAIN_NAME": "default",
            "OS_REGION_NAME": keystone.regions[1], "OS_IDENTITY_API_VERSION": "3",
        ]
        try live([:], DestinationEnvironment(variables: variables))
    }

    @Test("of somebody without a role, or with a wrong password, is refused and tells what was sent")
    func refused() throws {
        let keystone = servers.keystone
        var wrong = OpenStackSubject.v3(keystone)
        wrong["auth-password"] = "not-the-passw0rd"
        for options in [wrong, OpenStackSubject.v3(keystone, as: keystone.stranger)] {
            let destination = try OpenStackSubject.open("box", options)
            let error = try #require(throws: DestinationError.self) { _ = try destination.list() }
            #expect(error.kind == .authentication)
            #expect(error.detail.contains("project '\(keystone.backup.project)'"), "\(error)")
            #expect(!"\(error)".contains("not-the-passw0rd"))
            // It is not tried again.
            #expect(throws: error) { _ = try destination.list() }
        }
    }

    @Test(
        "chooses the public endpoint of the first region although an admin's comes first, and warns of unknown regions")
    func regions() throws {
        let sentences = Sentences()
        var options = OpenStackSubject.v3(servers.keystone)
        options["openstack-region"] = "nowhere"
        try live(options, sentences.environment)
        let names = servers.keystone.regions.joined(separator: ", ")
        #expect(sentences.all.count { $0.contains("there is no region 'nowhere'") && $0.contains(names) } == 1)
        options["openstack-region-strict"] = "true"
        let destination = try OpenStackSubject.open("box", options)
        #expect(try #require(throws: DestinationError.self) { _ = try destination.list() }.kind == .configuration)
    }

    @Test("is renewed once by eight workers whose token has ended, and no call fails")
    func renewal() throws {
        let keystone = servers.keystone
        let tag = "workers\(UInt32.random(in: 0 ... .max))"
        var options = OpenStackSubject.v3(keystone)
        options["openstack-authuri"] = keystone.authURL(tokenLife: 4, tag: tag)
        // The clock of this side stands still, so that it is the storage that finds the token ended.
        var environment = DestinationEnvironment()
        environment.clock.now = { .zero }
        let destination = try OpenStackSubject.open(OpenStackSubject.freshName(), options, environment: environment)
        try destination.prepare(create: true)
        #expect(try keystone.logins(tag: tag) == 1)
        try waitForTheEndOfATokenOfNow(life: 4)
        let file = try LocalText.file("content")
        let failures = Mutex<[String]>([])
        let threads = try (0..<8).map { worker in
            try WorkerThread("worker") {
                do {
                    try destination.put("object-\(worker)", from: file)
                } catch {
                    failures.withLock { $0.append("\(error)") }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(failures.withLock { $0 } == [])
        #expect(try destination.list().count == 8)
        #expect(try keystone.logins(tag: tag) == 2)
    }

    /// Logs in beside the destination, and asks the storage until it no longer takes that token.
    private func waitForTheEndOfATokenOfNow(life: Int) throws {
        let keystone = servers.keystone
        let user =
            #"{"id":"\#(keystone.backup.userID)","password":\#(JSONValue.string(keystone.backup.password.reveal()))}"#
        let body =
            #"{"auth":{"identity":{"methods":["password"],"password":{"user":\#(user)}},"#
            + #""scope":{"project":{"id":"\#(keystone.backup.projectID)"}}}}"#
        let transport = Transport(version: "test", usesProxies: false)
        let answer = try transport.send(
            HTTPRequest(
                .post, "\(keystone.authURL(tokenLife: life))/auth/tokens",
                headers: ["Content-Type": "application/json"],
                body: Array(body.utf8)))
        let token = try #require(answer.headers["X-Subject-Token"])
        let account = "\(keystone.proxies[0])/v1/AUTH_\(keystone.backup.projectID)"
        while try transport.send(HTTPRequest(.head, account, headers: ["X-Auth-Token": token])).status != 401 {
            usleep(50_000)
        }
    }
}
