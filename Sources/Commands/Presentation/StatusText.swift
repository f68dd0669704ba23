internal import Jobs
internal import Ledger
internal import Support

/// How jobs stand, for people.
struct StatusText {
    let lines: [String]

    init(_ jobs: [JobStatus], zone: TimeZoneClock) {
        var table = Table([
            ("JOB", .left), ("DESTINATION", .left), ("LAST SUCCESS", .left), ("AGE", .right), ("RPO", .right),
            ("LAST RESULT", .left), ("NEXT RUN", .left), ("", .left),
        ])
        for job in jobs {
            for (name, fresh) in job.destinations {
                let isQuarantined = job.quarantines.contains { $0.destination == name }
                let notes = [
                    job.word, job.isOverdue(fresh) ? "overdue" : "",
                    isQuarantined ? "in quarantine: dunnage ack \(job.job)" : "",
                    job.isUnproven ? "not verified within \(Self.span(job.provenWithin))" : "",
                    job.isDamaged(at: name) ? "damage found: dunnage verify \(job.job)" : "",
                ].filter { !$0.isEmpty }
                table.add([
                    job.job, name, fresh?.good.map { zone.text($0) } ?? "never",
                    fresh?.good == nil ? "-" : Self.span(fresh?.age(at: job.now)), Self.span(job.recoveryPoint),
                    fresh?.lastState?.rawValue ?? "-", job.next.map { zone.text($0) } ?? "-",
                    notes.joined(separator: ", "),
                ])
            }
        }
        lines = table.lines
    }

    /// The two largest units of a number of seconds.
    private static func span(_ seconds: Int64?) -> String {
        guard let seconds else { return "-" }
        if seconds < 120 { return "\(seconds) s" }
        if seconds < 7200 { return "\(seconds / 60) min" }
        if seconds < 172_800 { return "\(seconds / 3600) h \(seconds / 60 % 60) min" }
        return "\(seconds / 86_400) d \(seconds / 3600 % 24) h"
    }
}
