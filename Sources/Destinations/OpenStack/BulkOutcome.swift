internal import JSON
internal import Support

/// What a bulk deletion did, which its status never tells.
///
/// - SeeAlso: OpenStack Swift, "Bulk delete" and "Static large objects".
struct BulkOutcome: Sendable, Hashable {
    /// An object that was not removed.
    struct Problem: Sendable, Hashable {
        /// Container and name, decoded.
        let name: String
        /// A status with its words, such as `403 Forbidden`.
        let status: String
    }

    let deleted: Int
    let missing: Int
    let errors: [Problem]
    /// The status of the whole, when it is no success and no single object is to blame.
    let failedStatus: String?

    /// Reads an answer; nil when it is something else.
    init?(_ body: [UInt8]) {
        guard let json = try? JSONValue(parsing: body), let status = json["Response Status"]?.string else { return nil }
        deleted = Int(clamping: json["Number Deleted"]?.integer ?? 0)
        missing = Int(clamping: json["Number Not Found"]?.integer ?? 0)
        errors = (json["Errors"]?.array ?? []).compactMap { pair in
            guard let parts = pair.array, parts.count == 2, let name = parts[0].string, let status = parts[1].string
            else { return nil }
            return Problem(name: String(decoding: PercentEncoding.decode(name), as: UTF8.self), status: status)
        }
        failedStatus = status.hasPrefix("200") || !errors.isEmpty ? nil : status
    }

    /// The error of an object by a status of the body.
    func error(_ status: String, _ part: String?, of object: String, at label: String) -> DestinationError {
        let number = Int(status.prefix { $0.isNumber }) ?? 500
        let kind = SwiftAnswer.table.first {
            $0.statuses.contains(number) && $0.sign == .none && $0.operations?.contains(.delete) != false
        }?.kind
        return DestinationError(
            kind ?? .transient, .delete, object: object, at: label,
            detail:
                "the server did not remove \(part.map { "'\($0)'" } ?? "it"): \(ServerWords.short(status, hiding: []))")
    }
}
