import Destinations
import TestSupport
import Testing

@Suite(
    "Swift's S3, strict in signatures and digests, keeps the promises of a destination",
    .enabled(if: OpenStackServers.areThere, "\(OpenStackServers.absence)"), .serialized)
struct StrictS3ConformanceTests {
    @Test("each promise", arguments: Conformance.checks)
    func promise(_ check: ConformanceCheck) throws {
        let account = try OpenStackServers.shared().swift.s3
        let subject = S3Subject.make(
            "Swift's S3", account,
            [.network, .credentials, .signatures, .ranges, .pages, .batchDelete, .parts, .bandwidth], wire: true)
        try S3Conformance.run(check, on: subject)
    }
}

@Suite(
    "moto, with archives, locks and versions, keeps the promises of a destination",
    .enabled(if: MotoServer.isThere, "\(MotoServer.absence)"), .serialized)
struct MotoConformanceTests {
    @Test("each promise", arguments: Conformance.checks)
    func promise(_ check: ConformanceCheck) throws {
        let subject = S3Subject.make(
            "moto", try MotoServer.shared().s3,
            [.batchDelete, .parts, .locks, .archive, .versions, .storageClasses])
        try S3Conformance.run(check, on: subject)
    }
}

@Suite(
    "rclone's S3 keeps the promises of a destination",
    .enabled(if: RcloneS3Server.isThere, "\(RcloneS3Server.absence)"), .serialized)
struct RcloneS3ConformanceTests {
    @Test("each promise", arguments: Conformance.checks)
    func promise(_ check: ConformanceCheck) throws {
        let subject = S3Subject.make("rclone's S3", try RcloneS3Server.shared().s3, [.batchDelete, .parts])
        try S3Conformance.run(check, on: subject)
    }
}

enum S3Conformance {
    static func run(_ check: ConformanceCheck, on subject: ConformanceSubject) throws {
        switch try check.run(on: subject) {
        case .kept: break
        case .skipped(let reason): try Skip.test(reason)
        }
    }
}
