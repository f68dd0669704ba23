import Glibc
import Support
import TestSupport
import Transport

@testable import AWS

/// A home folder with AWS's files, and sources that see nothing else.
struct CredentialFixture {
    let folder: TemporaryFolder
    var environment: [String: String]

    /// 2027-01-15T08:00:00Z.
    static let start = Timestamp(seconds: 1_800_000_000)

    init(config: String = "", credentials: String = "") throws {
        folder = try TemporaryFolder()
        environment = ["HOME": folder.path, "PATH": "/usr/bin:/bin"]
        for part in [".aws", ".aws/sso", ".aws/sso/cache"] { mkdir("\(folder.path)/\(part)", 0o700) }
        if !config.isEmpty { try write(config, ".aws/config") }
        if !credentials.isEmpty { try write(credentials, ".aws/credentials") }
    }

    func write(_ text: String, _ name: String) throws {
        let file = try FileDescriptor.open("\(folder.path)/\(name)", flags: O_WRONLY | O_CREAT | O_TRUNC)
        try Array(text.utf8).withUnsafeBytes { try file.write(all: $0) }
    }

    func read(_ name: String) throws -> [UInt8] { try SmallFile.read("\(folder.path)/\(name)", limit: 1 << 20) }

    func source(
        _ more: [String: String] = [:], profile: String? = nil, role: AWSRole? = nil, asksMachine: Bool = false,
        now: @escaping @Sendable () -> Timestamp = { CredentialFixture.start }
    ) -> AWSCredentialSource {
        let client = Transport(version: "test", usesProxies: false)
        return AWSCredentialSource(
            environment: environment.merging(more) { $1 }, profile: profile, role: role, asksMachine: asksMachine,
            remote: client, local: client, now: now)
    }

    /// The answer of the token service; the keys are numbered.
    static func role(_ number: Int, until end: String = "2027-01-15T09:00:00Z") -> LoopbackHTTPServer.Reply {
        .response(
            status: 200,
            body: Array(
                """
                <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
                  <AssumedRoleUser><Arn>arn</Arn></AssumedRoleUser>
                  <Credentials><AccessKeyId>ASIA\(number)</AccessKeyId><SecretAccessKey>key&amp;\(number)</SecretAccessKey>
                  <SessionToken>token\(number)</SessionToken><Expiration>\(end)</Expiration></Credentials>
                </AssumeRoleResult></AssumeRoleResponse>
                """.utf8))
    }

    static func keys(_ number: Int, until end: String) -> LoopbackHTTPServer.Reply {
        .response(
            status: 200,
            body: Array(
                #"{"Code": "Success", "AccessKeyId": "id\#(number)", "SecretAccessKey": "key", "Token": "t", "Expiration": "\#(end)"}"#
                    .utf8))
    }
}

/// The fields of a form.
func formFields(_ request: LoopbackHTTPServer.Request) -> [String: String] {
    var fields: [String: String] = [:]
    for pair in String(decoding: request.body, as: UTF8.self).split(separator: "&") {
        let parts = pair.split(separator: "=", maxSplits: 1)
        fields[String(parts[0])] =
            parts.count > 1 ? String(decoding: PercentEncoding.decode(parts[1]), as: UTF8.self) : ""
    }
    return fields
}
