public import Configuration
internal import Glibc
public import Ledger
internal import Support

/// Keeps everything in a job's stores as long as a version of it is in quarantine.
///
/// No good version may age out while nobody knows whether the newest one is good.
public struct StoreFreeze: Sendable, Hashable {
    /// What is in quarantine, the oldest first; never empty.
    public let quarantines: [Quarantine]

    /// The freeze of a job.
    /// - Returns: `nil` when nothing of it is in quarantine.
    /// - Throws: `LedgerError` when nobody can tell.
    public init?(of job: String, in ledger: Ledger) throws(LedgerError) {
        quarantines = try ledger.quarantines(of: job)
        if quarantines.isEmpty { return nil }
    }

    /// Refuses when a version of the job is in quarantine, for commands that delete what somebody did not name.
    /// - Parameters:
    ///   - job: the job's name.
    ///   - configuration: says where the ledger is.
    ///   - environment: the variables of the process.
    /// - Throws: `Failure` with ``ExitCode/refused``, or when the ledger cannot be read.
    public static func refuse(
        job: String, _ configuration: Configuration, environment: [String: String]
    ) throws(Failure) {
        guard !configuration.runtime.isStateless else { return }
        let path = StateFolder(configuration.runtime.stateDirectory, environment: environment).ledger
        // Who has never run a job here has quarantined nothing.
        guard access(path, F_OK) == 0 else { return }
        let freeze: StoreFreeze?
        do throws(LedgerError) {
            freeze = try StoreFreeze(of: job, in: try Ledger(path: path))
        } catch {
            throw Failure(error)
        }
        if let freeze { throw freeze.failure }
    }

    /// Why nothing is deleted, and what ends it.
    public var message: String {
        guard let first = quarantines.first else { return "" }
        let findings = first.findings.joined(separator: "; ")
        let others = Count(quarantines.count - 1, "more quarantine")
        let more = others.number > 0 ? " There \(others.number == 1 ? "is" : "are") \(others) of this job." : ""
        return
            "A version of job “\(first.job)” has been in quarantine since \(first.since.iso8601): \(findings).\(more) "
            + "No version is deleted and nothing is compacted until somebody has looked at it: `dunnage ack \(first.job)`."
    }

    /// The refusal of a command that would delete something.
    public var failure: Failure { Failure(.quarantine, .refused, message) }
}
