import TestSupport
import Testing

@testable import Destinations

@Suite("Short names of options")
struct OptionNamingTests {
    private let known = [
        "openstack-region", "openstack-authuri", "openstack-tenant-name", "aws-access-key-id", "s3-server-name",
        "s3-storage-class", "auth-password", "use-ssl", "region",
    ].map { DestinationOption($0) }

    @Test(
        "mean the option that the destination has",
        arguments: [
            ("auth_url", "openstack-authuri"), ("project_name", "openstack-tenant-name"),
            ("access_key_id", "aws-access-key-id"), ("AWS-Access-Key-ID", "aws-access-key-id"),
            ("endpoint", "s3-server-name"), ("storage_class", "s3-storage-class"), ("password", "auth-password"),
            ("tls", "use-ssl"), ("storage-class-data", "s3-storage-class"),
        ])
    func short(_ name: String, _ option: String) {
        #expect(OptionNaming.ownName(of: name, known: known) == option)
    }

    @Test("give way to an option of exactly that name, and stay as they are where there is none")
    func exact() {
        #expect(OptionNaming.ownName(of: "region", known: known) == "region")
        #expect(OptionNaming.ownName(of: "no_such_thing", known: known) == "no_such_thing")
    }

    @Test(
        "a folder refuses to promise locks and classes that it cannot keep",
        arguments: ["lock-mode", "storage-class-data"])
    func promises(_ option: String) throws {
        let error = try #require(throws: DestinationError.self) {
            try DestinationRegistry.open(url: "file:///srv", options: [option: "governance"])
        }
        #expect(error.kind == .configuration && error.detail.contains("file:// cannot"))
    }
}
