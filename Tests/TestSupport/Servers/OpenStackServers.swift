/// A real Swift cluster and a real Keystone, started once for all tests of a process.
///
/// A suite that needs them is `.enabled(if: OpenStackServers.areThere, OpenStackServers.absence)`.
public struct OpenStackServers: Sendable {
    /// With the limits that Swift has by default.
    public let swift: SwiftServer
    /// Objects up to 5 MiB, listings of up to 100 names; otherwise the same.
    public let small: SwiftServer
    /// Tokens that live 3 seconds; otherwise the same.
    ///
    /// A second login gives the same token as long as it lives.
    public let brief: SwiftServer
    /// Keystone, for two more proxies of the same cluster.
    public let keystone: KeystoneServer
    /// Their processes.
    public let processes: RunningServers

    /// Whether they are installed.
    public static let areThere = TestTool.areThere("swift-proxy-server", "keystone-manage")

    /// Why tests are skipped.
    public static let absence = "Swift and Keystone are not installed: scripts/test-tools.sh"

    /// Those of this process.
    /// - Throws: `RunningServers.NotStarted`.
    public static func shared() throws -> OpenStackServers { try sharedResult.get() }

    private static let sharedResult = Result { try OpenStackServers() }

    /// Servers of one test's own.
    public init() throws {
        processes = try RunningServers("openstack")
        swift = try SwiftServer(processes, proxy: "main")
        small = try SwiftServer(processes, proxy: "small")
        brief = try SwiftServer(processes, proxy: "brief")
        keystone = try KeystoneServer(processes)
    }
}
