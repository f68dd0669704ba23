internal import GRDB
internal import Support

/// Who has taken a report to deliver it.
enum OutboxClaim {
    /// How long a claim counts of which nobody can say whether its process is still there.
    ///
    /// Such a one is of another container, or of another start of the machine. No attempt takes as long.
    private static let uncertainNanoseconds: Int64 = 600_000_000_000

    /// A process as it is written down.
    static func mark(of process: ProcessIdentity?) -> String {
        process.map { "\($0.boot) \($0.namespace) \($0.number) \($0.start)" } ?? "unknown"
    }

    /// Whether nobody has taken the report of a row, or whoever had is no more.
    static func isFree(_ row: Row, at now: Timestamp, for observer: ProcessIdentity?) -> Bool {
        guard let claim: String = row["claim"], let claimed: Int64 = row["claimed"] else { return true }
        if let other = identity(claim) {
            if other.isGone(seenFrom: observer) { return true }
            if let observer, other.boot == observer.boot, other.namespace == observer.namespace { return false }
        }
        let age = now.unixNanoseconds - claimed
        return age > uncertainNanoseconds || age < -uncertainNanoseconds
    }

    private static func identity(_ mark: String) -> ProcessIdentity? {
        let parts = mark.split(separator: " ").map(String.init)
        guard parts.count == 4, let number = Int64(parts[2]) else { return nil }
        return ProcessIdentity(boot: parts[0], namespace: parts[1], number: number, start: parts[3])
    }
}
