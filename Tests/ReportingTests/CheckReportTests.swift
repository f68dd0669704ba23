import JSON
import Reporting
import Support
import Testing

@Suite("Reports of checks")
struct CheckReportTests {
    private let moment = Timestamp(seconds: 1_795_305_600)

    private func report(
        _ event: RunReport.Event, _ kind: RunReport.Run.Kind = .verify, objective: RunReport.Objective? = nil
    ) -> RunReport {
        let result: RunReport.Result = event == .failure || event == .overdue || event == .missed ? .failure : .success
        return RunReport(
            instance: .init(name: "laptop", version: "1"), job: .init(name: "photos"),
            run: .init(
                id: "01JD6Z3M9K7Q8V5R2T4W6X8Y0A", kind: kind, trigger: .schedule, scheduledFor: moment,
                started: moment, finished: moment, result: result, exitCode: 0),
            objective: objective, event: event)
    }

    @Test("say in their titles what they are about")
    func titles() {
        #expect(report(.success).title == "photos: check finished")
        #expect(report(.failure).title == "photos: check failed")
        #expect(report(.missed).title == "photos: missed the check of 2026-11-22T00:00:00Z")
        #expect(report(.missed, .backup).title == "photos: missed the run of 2026-11-22T00:00:00Z")
        let late = RunReport.Objective(.proof, allowedSeconds: 86_400, ageSeconds: 180_000, isMet: false)
        #expect(report(.overdue, objective: late).title == "photos: not verified for 2d 2h")
        let never = RunReport.Objective(.proof, allowedSeconds: 86_400, ageSeconds: nil, isMet: false)
        #expect(report(.overdue, objective: never).title == "photos: not verified yet")
        #expect(report(.recovered, objective: late).title == "photos: recovered, it was verified")
    }

    @Test("have the age of the proof and no age of a version, and the kind of their run; backups are without")
    func document() {
        let late = RunReport.Objective(.proof, allowedSeconds: 86_400, ageSeconds: 180_000, isMet: false)
        let document = report(.overdue, objective: late).json()
        #expect(document["slo"]?["verified_within_seconds"]?.integer == 86_400)
        #expect(document["slo"]?["verified_age_seconds"]?.integer == 180_000)
        #expect(document["slo"]?["rpo_seconds"] == nil)
        #expect(document["run"]?["kind"]?.string == "verify")
        #expect(report(.success, .backup).json()["run"]?["kind"] == nil)
    }

    @Test("open alerts of their own, which no backup closes", arguments: [RunReport.Event.success, .failure, .overdue])
    func alerts(_ event: RunReport.Event) {
        for form in [ReportForm.pagerDuty, .alertmanager] {
            let check = form.messages(for: report(event))
            let backup = form.messages(for: report(event, .backup))
            #expect(check.count == 1 && backup.count == 1)
            #expect(check.map(\.body) != backup.map(\.body), "\(form)")
        }
    }
}
