import Foundation
import JSON
import Support
import TestSupport
import Testing

/// A whole life of a backup at a real server: first run, changes, retention, compaction, verification, and a restore
/// by somebody who has nothing but the configuration.
@Suite("A backup lives at real servers", .serialized)
struct ServerLifeTests {
    @Test(
        "OpenStack Swift, with each way to log in",
        .enabled(if: OpenStackServers.areThere, "\(OpenStackServers.absence)"),
        arguments: ["v1", "v3 password", "v3 application credential"])
    func openStack(_ login: String) throws {
        let servers = try OpenStackServers.shared()
        let keystone = servers.keystone
        let options: [String: String]
        switch login {
        case "v1":
            options = [
                "auth_url": servers.swift.authURL, "username": servers.swift.user.name,
                "password": servers.swift.user.key.reveal(),
            ]
        case "v3 password":
            options = [
                "auth_url": keystone.authURL, "username": keystone.backup.user,
                "password": keystone.backup.password.reveal(), "project_name": keystone.backup.project,
                "domain_name": keystone.backup.domain, "region": keystone.regions[1],
            ]
        default:
            options = [
                "auth_url": keystone.authURL, "region": keystone.regions[0].uppercased(),
                "application_credential_id": keystone.applicationCredential.id,
                "application_credential_secret": keystone.applicationCredential.secret.reveal(),
            ]
        }
        try ServerLife(url: "openstack://life-\(UInt32.random(in: 0 ... .max))/home", options: options).live()
    }

    @Test(
        "S3 as Swift speaks it, which checks every signature and digest",
        .enabled(if: OpenStackServers.areThere, "\(OpenStackServers.absence)"))
    func swiftS3() throws { try live(at: try OpenStackServers.shared().swift.s3) }

    @Test("S3 as moto speaks it", .enabled(if: MotoServer.isThere, "\(MotoServer.absence)"))
    func moto() throws { try live(at: try MotoServer.shared().s3) }

    @Test("S3 as rclone speaks it", .enabled(if: RcloneS3Server.isThere, "\(RcloneS3Server.absence)"))
    func rclone() throws { try live(at: try RcloneS3Server.shared().s3) }

    private func live(at account: S3Account) throws {
        let options = [
            "endpoint": account.url, "region": account.region, "access_key_id": account.accessKey,
            "secret_access_key": account.secretKey.reveal(), "tls": "false",
        ]
        try ServerLife(url: "s3://life-\(UInt32.random(in: 0 ... .max))/home/disk", options: options).live()
    }
}

/// One store at one server, and the household that is kept there.
private struct ServerLife {
    let url: String
    let options: [String: String]
    private let home: Household

    init(url: String, options: [String: String]) throws {
        self.url = url
        self.options = options
        home = try Household()
        let lines = options.sorted { $0.key < $1.key }.map { "      \($0.key): \(Self.quoted($0.value))\n" }
        let text = home.configuration().replacingOccurrences(
            of: "    url: file://\(home.path)/backup\n",
            with: "    url: \(url)\n    volume_size: 1MiB\n    options:\n\(lines.joined())")
        try home.write("\(text)    retention:\n      keep_versions: 2\n", to: "dunnage.yaml")
    }

    private static func quoted(_ text: String) -> String { "'\(text.replacingOccurrences(of: "'", with: "''"))'" }

    func live() throws {
        try home.backUp()
        let idle = try home.backUp()
        #expect(idle.output.contains("nothing has changed"))
        var trees: [String] = []
        for year in 1...3 {
            try home.shell(
                """
                echo 'Year \(year)' >> tree/letters/first.txt; seq \(year) 90000 > tree/numbers.txt
                head -c 700000 /dev/urandom > tree/year-\(year); rm -f tree/year-\(year - 2)
                """)
            trees.append(try home.manifest("tree"))
            try home.backUp()
        }
        let versions = try home.json("versions", "home", "-c", "dunnage.yaml", "--json")
        #expect(versions["versions"]?.array?.count == 2)
        for line in [["compact", "home"], ["verify", "home"]] {
            let result = try Binary.run(line + ["-c", "dunnage.yaml"], in: home.path)
            #expect(result.code == 0, "\(line[0]): \(result.error)")
        }

        // Somebody else's machine: the configuration, the passphrase and nothing more.
        try home.shell("rm -rf state")
        for (number, tree) in [trees[2], trees[1]].enumerated() {
            let restored = try home.dunnage(
                "restore", "home", "-c", "dunnage.yaml", "--version", "\(number)", "--target", "restored-\(number)")
            #expect(restored.code == 0, "\(restored.error)")
            #expect(try home.manifest("restored-\(number)") == tree)
        }
        try checkFromOutside()
        // And life goes on there.
        let later = try home.backUp()
        #expect(later.output.contains("nothing has changed"))
    }

    /// Fetches every object, and has the independent checker look at them where it is there.
    private func checkFromOutside() throws {
        let listing = try home.json("store", "list", "home", "-c", "dunnage.yaml", "--json")
        let names = (listing["objects"]?.array ?? []).compactMap { $0["name"]?.string }
        #expect(names.contains { $0.contains(".dlist.") } && names.contains { $0.contains(".dblock.") })
        guard let checker = Self.checker else { return }
        try home.shell("mkdir fetched")
        for name in names where name.hasPrefix("duplicati-") {
            let fetched = try home.dunnage(
                "store", "get", "home", name, "fetched/\(name)", "-c", "dunnage.yaml")
            try #require(fetched.code == 0, "\(fetched.error)")
        }
        let check = try home.shell("python3 '\(checker)' fetched --passphrase-file passphrase")
        #expect(check.code == 0, "\(check.output)\(check.error)")
    }

    /// The checker beside the project, which shares no code with it; nil where it is not there.
    private static let checker: String? = {
        var folder = URL(fileURLWithPath: #filePath)
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let candidate = folder.appending(path: "shared/tools/check_store.py").path
            if FileManager.default.fileExists(atPath: candidate) { return candidate }
        }
        return nil
    }()
}
