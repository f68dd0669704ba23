import Glibc
import Support
import Testing

@testable import Destinations

@Suite("clouds.yaml") struct CloudFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func write(_ text: String, to name: String) throws {
        let file = try FileDescriptor.open("\(folder.path)/\(name)", flags: O_WRONLY | O_CREAT | O_TRUNC)
        try Array(text.utf8).withUnsafeBytes { try file.write(all: $0) }
    }

    private var file: CloudFile {
        CloudFile(
            environment: ["HOME": "/nowhere"], currentFolder: folder.path, machineFolder: "\(folder.path)/machine")
    }

    private let clouds = """
        clouds:
          catalyst:
            auth_type: v3applicationcredential
            auth:
              auth_url: https://api.nz-por-1.catalystcloud.io:5000
              application_credential_id: "0123"
            regions:
              - name: nz-por-1
                values: {}
              - nz-hlz-1
            interface: public
            verify: false
            identity_api_version: 3
          ovh:
            profile: vendor
            auth:
              username: u
              password: in-the-open
              user_domain_name: Default
              project_name: p
            region_name: GRA
            object_store_endpoint_override: https://storage.example/v1/AUTH_x
        public-clouds:
          vendor:
            auth:
              auth_url: https://auth.cloud.ovh.net/v3
              project_domain_name: Default
        """

    @Test("a cloud gives its settings, the first of its regions, and secure.yaml its secret")
    func reading() throws {
        try write(clouds, to: "clouds.yaml")
        try write("clouds: {catalyst: {auth: {application_credential_secret: s3cret}}}", to: "secure.yaml")
        let layer = try file.layer(named: "catalyst")
        #expect(layer[.applicationCredentialID]?.reveal() == "0123")
        #expect(layer[.applicationCredentialSecret]?.reveal() == "s3cret")
        #expect(layer[.region]?.reveal() == "nz-por-1")
        #expect(layer[.version]?.reveal() == "3")
        let settings = try IdentityKit.settings([:], cloud: layer)
        #expect(settings.isApplicationCredential && settings.version == .v3 && settings.isUnverified)
    }

    @Test("a vendor's profile lies below the cloud, and secure.yaml above it")
    func layers() throws {
        try write(clouds, to: "clouds.yml")
        try write("clouds: {ovh: {auth: {password: better-here}}}", to: "secure.yml")
        let layer = try file.layer(named: "ovh")
        #expect(layer[.authURL]?.reveal() == "https://auth.cloud.ovh.net/v3")
        #expect(layer[.projectDomainName]?.reveal() == "Default")
        #expect(layer[.password]?.reveal() == "better-here")
        #expect(layer[.storageURL]?.reveal() == "https://storage.example/v1/AUTH_x")
    }

    @Test("a JSON file does as well, and OS_CLIENT_CONFIG_FILE comes first")
    func places() throws {
        try write(#"{"clouds": {"a": {"region_name": "here"}}}"#, to: "clouds.json")
        #expect(try file.layer(named: "a")[.region]?.reveal() == "here")
        try write("clouds: {a: {region_name: there}}", to: "other.yaml")
        var named = file
        named = CloudFile(
            environment: ["OS_CLIENT_CONFIG_FILE": "\(folder.path)/other.yaml"], currentFolder: named.currentFolder,
            machineFolder: named.machineFolder)
        #expect(try named.layer(named: "a")[.region]?.reveal() == "there")
    }

    @Test("an unknown cloud, no file and a broken file say so")
    func refusals() throws {
        #expect(try IdentityKit.refusal { _ = try file.layer(named: "a") }.detail == "there is no clouds.yaml")
        try write(clouds, to: "clouds.yaml")
        let unknown = try IdentityKit.refusal { _ = try file.layer(named: "catalist") }
        #expect(unknown.detail == "clouds.yaml has no cloud `catalist`")
        #expect(unknown.advice?.contains("Did you mean `catalyst`?") == true)
        try write("clouds: {a: [", to: "clouds.yaml")
        let broken = try IdentityKit.refusal { _ = try file.layer(named: "a") }
        #expect(broken.kind == .configuration && broken.detail.contains("clouds.yaml"))
    }
}
