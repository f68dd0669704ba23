public import Configuration
internal import Support

extension Configuration {
    /// The job of that name.
    /// - Throws: `Failure` with `ExitCode.usage`, which says what jobs there are.
    public func findJob(_ name: String) throws(Failure) -> JobSpecification {
        if let job = job(named: name) { return job }
        throw Failure(.configuration, .usage, Self.unknown("job", name, among: jobs.map(\.name)))
    }

    /// One of a job's destinations.
    /// - Parameters:
    ///   - name: its name; the first one unless told.
    ///   - job: the job.
    /// - Returns: the destination.
    /// - Throws: `Failure` with `ExitCode.usage`, which says what destinations the job has.
    public func findDestination(
        _ name: String?, of job: JobSpecification
    ) throws(Failure) -> DestinationSpecification {
        guard let chosen = name ?? job.destinations.first, job.destinations.contains(chosen),
            let destination = destinations[chosen]
        else {
            let subject = "destination of job “\(job.name)”"
            throw Failure(.configuration, .usage, Self.unknown(subject, name ?? "", among: job.destinations))
        }
        return destination
    }

    /// The destination of that name, whoever uses it.
    /// - Throws: `Failure` with `ExitCode.usage`, which says what destinations there are.
    public func findDestination(_ name: String) throws(Failure) -> DestinationSpecification {
        if let destination = destinations[name] { return destination }
        throw Failure(.configuration, .usage, Self.unknown("destination", name, among: destinations.keys.sorted()))
    }

    private static func unknown(_ kind: String, _ name: String, among known: [String]) -> String {
        let hint = EditDistance.suggestion(for: name, among: known).map { " Did you mean “\($0)”?" } ?? ""
        let list = known.isEmpty ? "" : " There \(known.count == 1 ? "is" : "are"): \(known.joined(separator: ", "))."
        return "There is no \(kind) called “\(name)”.\(hint)\(list)"
    }
}
