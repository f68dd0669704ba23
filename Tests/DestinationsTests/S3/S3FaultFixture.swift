import Support
import Testing

@testable import Destinations

/// What tests of a scripted S3 have in common: files to be stored, and rules that do not wait.
protocol S3FaultFixture {
    var sandbox: TemporaryFolder { get }
}

extension S3FaultFixture {
    /// A new file with this content.
    func file(_ text: String) throws -> LocalFile {
        let path = "\(sandbox.path)/\(UInt64.random(in: 0 ... .max))"
        let bytes = Array(text.utf8)
        let file = try FileDescriptor.open(path, flags: 0o101)
        try bytes.withUnsafeBytes { try file.write(all: $0) }
        return LocalFile(path: path, size: Int64(bytes.count))
    }

    /// Four attempts with next to no pauses.
    var quick: CallRules {
        CallRules(attempts: 4, firstPause: .milliseconds(1), firstThrottledPause: .milliseconds(1))
    }
}
