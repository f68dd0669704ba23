import Glibc
import JSON
import Support
import Synchronization
import TestSupport

@testable import Secrets

/// What the tests of providers have in common.
enum SecretKit {
    /// A store that waits for nobody.
    static func store(
        _ sources: [String: SecretSource], environment: [String: String] = [:], mask: SecretMask = SecretMask(),
        cacheFolder: String? = nil, now: (@Sendable () -> Timestamp)? = nil
    ) -> SecretStore {
        var surroundings = SecretSurroundings(environment: environment, version: "test", cacheFolder: cacheFolder)
        surroundings.pause = { _ in }
        if let now { surroundings.now = now }
        return SecretStore(sources: sources, surroundings: surroundings, mask: mask)
    }

    /// The value of a source, with further secrets beside it.
    static func fetch(
        _ source: SecretSource, environment: [String: String] = [:], beside others: [String: SecretSource] = [:]
    ) throws(SecretError) -> String {
        try store(others.merging(["s": source]) { $1 }, environment: environment).secret(SecretReference("s")).reveal()
    }

    /// Why a source gives nothing.
    static func cause(
        _ source: SecretSource, environment: [String: String] = [:], beside others: [String: SecretSource] = [:]
    ) -> SecretProviderFailure.Cause? {
        do throws(SecretError) {
            _ = try fetch(source, environment: environment, beside: others)
            return nil
        } catch {
            guard case .provider(let failure) = error.reason else { return nil }
            return failure.cause
        }
    }

    static func write(_ text: String, to path: String, mode: mode_t = 0o600) throws {
        try write(Array(text.utf8), to: path, mode: mode)
    }

    static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o600) throws {
        let file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
        try bytes.withUnsafeBytes { try file.write(all: $0) }
        guard chmod(path, mode) == 0 else { throw SystemError("chmod", path: path) }
    }

    /// A good reply with a JSON document.
    static func reply(_ json: String) -> LoopbackHTTPServer.Reply { reply(200, json) }

    /// A reply with a JSON document.
    static func reply(_ status: Int, _ json: String) -> LoopbackHTTPServer.Reply {
        .response(status: status, headers: [("Content-Type", "application/json")], body: Array(json.utf8))
    }
}

/// A clock that stands still until it is set.
final class ManualClock: Sendable {
    private let seconds: Mutex<Int64>

    init(_ start: Int64 = 1_800_000_000) { seconds = Mutex(start) }

    var now: @Sendable () -> Timestamp {
        { [self] in Timestamp(seconds: seconds.withLock { $0 }) }
    }

    func advance(_ by: Int64) { seconds.withLock { $0 += by } }
}
