internal import Ledger
internal import Support
internal import Synchronization

/// The last answer for each duty, since most looks ask again what the one before has asked.
final class NextMoments: Sendable {
    private struct Answer {
        let after: Timestamp
        let next: Timestamp?
    }

    private let answers = Mutex<[Duty: Answer]>([:])

    /// The first moment after `time` at which a job is due; rules of one duty must be the same.
    func next(of job: JobRules, after time: Timestamp) -> Timestamp? {
        if let known = answers.withLock({ $0[job.duty] }), known.after == time { return known.next }
        let answer = Answer(after: time, next: job.next(after: time))
        answers.withLock { $0[job.duty] = answer }
        return answer.next
    }
}
