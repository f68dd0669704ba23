/// moto: Amazon's S3, STS, IMDS, secrets and more, in memory; it takes any signature.
public struct MotoServer: Sendable {
    /// Its address and a key; all services of Amazon's are there.
    public let s3: S3Account
    /// Its process.
    public let processes: RunningServers

    /// Its address without a path.
    public var url: String { s3.url }

    /// Whether it is installed.
    public static let isThere = TestTool.areThere("moto_server")

    /// Why tests are skipped.
    public static let absence = "moto_server is not installed: scripts/test-tools.sh"

    /// That of this process.
    /// - Throws: `RunningServers.NotStarted`.
    public static func shared() throws -> MotoServer { try sharedResult.get() }

    private static let sharedResult = Result { try MotoServer() }

    /// A server of one test's own.
    public init() throws {
        processes = try RunningServers("moto")
        s3 = try S3Account(processes)
    }
}

/// `rclone serve s3` over a folder: a third opinion; it checks signatures and Content-MD5.
public struct RcloneS3Server: Sendable {
    /// Its address and a key.
    public let s3: S3Account
    /// The folder with the buckets.
    public let data: String
    /// Its process.
    public let processes: RunningServers

    /// Whether it is installed.
    public static let isThere = TestTool.areThere("rclone")

    /// Why tests are skipped.
    public static let absence = "rclone is not installed: scripts/test-tools.sh"

    /// That of this process.
    /// - Throws: `RunningServers.NotStarted`.
    public static func shared() throws -> RcloneS3Server { try sharedResult.get() }

    private static let sharedResult = Result { try RcloneS3Server() }

    /// A server of one test's own.
    public init() throws {
        processes = try RunningServers("rclone")
        s3 = try S3Account(processes)
        data = try processes.text("data")
    }
}
