internal import Configuration
internal import Ledger
internal import Reporting
internal import Support

/// What the next report has to say about a receiver that did not get its reports.
struct UndeliveredReports {
    /// The code of the problem.
    static let code = "W211"

    /// What it means, and what to do about it.
    static let explanation = Explanation(
        "Reports to a receiver were not delivered.",
        """
        The backups are not concerned. Reports that wait are tried again for a day, those that were given up are lost: the \
        receiver refused them, or was not there for that long. `dunnage report outbox` lists them, and \
        `dunnage report test NAME` shows what the receiver answers.
        """)

    /// The problem in the words of a report.
    let problem: RunReport.Problem

    init(_ tally: OutboxTally) {
        var facts: [String] = []
        if tally.untold > 0 {
            facts.append("\(tally.untold) given up\(tally.reason.map { " (\($0))" } ?? "")")
        }
        if tally.waiting > 0 {
            let since = tally.waitingSince.map { " since \($0.iso8601)" } ?? ""
            facts.append("\(tally.waiting) waiting\(since)\(tally.failure.map { " (\($0))" } ?? "")")
        }
        problem = RunReport.Problem(
            code: Self.code, severity: .warning,
            message: "reports to '\(tally.receiver)' were not delivered: \(facts.joined(separator: ", "))",
            count: Int(tally.untold + tally.waiting))
    }
}
