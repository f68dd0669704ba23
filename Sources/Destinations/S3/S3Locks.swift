internal import Cryptography
public import Support
internal import Transport
internal import XML

extension S3Destination: ObjectLocking {
    /// Locks an object, or extends its lock.
    public func lock(_ name: String, until end: Timestamp, mode: LockMode) throws(DestinationError) {
        try checkName(name, .lock)
        if let lock = try lockState(of: name), lock.end >= end, lock.mode == mode || lock.mode == .compliance { return }
        let body = try retention(name, end, mode)
        try caller.run(.lock, name) { _ throws(DestinationError) in
            let answer = try connection.send(.lock, name) { _ in
                var request = S3Request(.put, settings.key(of: name), query: [("retention", "")])
                request.headers["Content-MD5"] = HashContext(.md5).hash(body).base64
                request.headers["Content-Type"] = "application/xml"
                request.body = body
                return request
            }
            _ = try answer.value()
        }
    }

    private func retention(
        _ name: String, _ end: Timestamp, _ mode: LockMode
    ) throws(DestinationError) -> [UInt8] {
        do throws(XMLError) {
            return try XMLWriter.document("Retention", namespace: Self.namespace) { writer throws(XMLError) in
                try writer.element("Mode", mode.rawValue.uppercased())
                try writer.element("RetainUntilDate", end.iso8601)
            }
        } catch {
            throw failure(.internalFault, .lock, name, "\(error)")
        }
    }

    /// The lock of an object.
    public func lockState(of name: String) throws(DestinationError) -> ObjectLock? {
        try checkName(name, .lock)
        let stored = try stored(name, .lock)
        if let lock = stored.lock(at: serverNow) { return lock }
        // Who may not see the lock with the object may see it alone.
        let answer = try caller.run(.lock, name) { _ throws(DestinationError) in
            try connection.send(.lock, name) { _ in
                var request = S3Request(.get, settings.key(of: name), query: [("retention", "")])
                // A server that does not know the question answers with the object, however large that is.
                request.headers["Range"] = "bytes=0-65535"
                return request
            }
        }
        guard case .success(let response) = answer, let root = try? XMLElement(parsing: response.body),
            root.name == "Retention", let mode = root.text("Mode").flatMap({ LockMode(rawValue: $0.lowercased()) }),
            let end = root.text("RetainUntilDate").flatMap({ S3Time.parse($0) }), end > serverNow
        else { return nil }
        return ObjectLock(mode: mode, end: end)
    }
}

/// What a bucket says about its locks.
struct S3LockConfiguration: Hashable {
    let isEnabled: Bool
    /// How firm locks are that every new object gets, and for how many days; nil for none.
    var defaultLock: (mode: String, days: Int)? { mode.map { ($0, days) } }

    private let mode: String?
    private let days: Int

    /// Reads an answer; nil when it is something else, as some servers give a listing.
    init?(_ response: HTTPResponse) {
        guard let root = try? XMLElement(parsing: response.body), root.name == "ObjectLockConfiguration" else {
            return nil
        }
        isEnabled = root.text("ObjectLockEnabled") == "Enabled"
        let rule = root.first("Rule")?.first("DefaultRetention")
        mode = rule?.text("Mode")
        days = (rule?.text("Days").flatMap { Int($0) } ?? 0) + 365 * (rule?.text("Years").flatMap { Int($0) } ?? 0)
    }
}
