/// The steps of a probe as they are taken: each is timed, and an error is a finding.
struct ProbeSteps {
    /// What a step that came to its end found.
    struct Verdict {
        let judgement: ProbeFinding.Judgement
        let detail: String
        var advice = ""

        static func good(_ detail: String) -> Verdict { Verdict(judgement: .good, detail: detail) }
        static func bad(_ detail: String, _ advice: String = "") -> Verdict {
            Verdict(judgement: .bad, detail: detail, advice: advice)
        }
        static func doubtful(_ detail: String, _ advice: String = "") -> Verdict {
            Verdict(judgement: .doubtful, detail: detail, advice: advice)
        }
        static func unknown(_ detail: String) -> Verdict { Verdict(judgement: .unknown, detail: detail) }
    }

    private(set) var report: ProbeReport

    init(label: String) {
        report = ProbeReport(label: label)
    }

    /// Takes a step.
    /// - Parameters:
    ///   - name: the name of its finding.
    ///   - right: what the credentials have to allow for it.
    ///   - body: does it.
    /// - Returns: whether it came to its end and nothing is bad.
    /// - Throws: `.cancelled`.
    @discardableResult
    mutating func step(
        _ name: String, needing right: @autoclosure () -> ProbeRight?, _ body: () throws(DestinationError) -> Verdict
    ) throws(DestinationError) -> Bool {
        let start = ContinuousClock.now
        do throws(DestinationError) {
            let verdict = try body()
            add(
                ProbeFinding(
                    name, verdict.judgement, verdict.detail, advice: verdict.advice,
                    duration: ContinuousClock.now - start))
            return verdict.judgement != .bad
        } catch {
            if error.kind == .cancelled { throw error }
            add(ProbeFinding(name, failed: error, needing: right(), duration: ContinuousClock.now - start))
            return false
        }
    }

    /// Notes what is not tried, and why.
    mutating func skip(_ names: [String], _ reason: String) {
        for name in names { add(ProbeFinding(name, .skipped, reason)) }
    }

    mutating func add(_ finding: ProbeFinding) { report.findings.append(finding) }

    /// Counts how long a question took.
    mutating func count(roundTrip: Duration) {
        report.roundTrip = min(report.roundTrip ?? roundTrip, roundTrip)
    }
}
