internal import Support
internal import Synchronization

/// The last answer for each job, since most looks ask again what the one before has asked.
final class NextMoments: Sendable {
    private struct Answer {
        let after: Timestamp
        let next: Timestamp?
    }

    private let answers = Mutex<[String: Answer]>([:])

    /// The first moment after `time` at which a job is due; jobs of one name must have the same rules.
    func next(of job: JobRules, after time: Timestamp) -> Timestamp? {
        if let known = answers.withLock({ $0[job.name] }), known.after == time { return known.next }
        let answer = Answer(after: time, next: job.next(after: time))
        answers.withLock { $0[job.name] = answer }
        return answer.next
    }
}
