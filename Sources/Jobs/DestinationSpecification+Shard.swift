internal import Configuration

extension DestinationSpecification {
    /// Why the destination cannot be used for all of a job, or for a part of it.
    func shardProblem(of job: JobSpecification?) -> Failure? {
        let placeholder = Self.shardPlaceholder
        if isSharded, shard == nil {
            return Failure(
                .configuration, .configuration,
                "The URL of the destination “\(name)” has `\(placeholder)` in it: each part of a job has a store of its "
                    + "own there. Say which one is meant, such as `--shard 0/4`.")
        }
        guard let job, let shard = job.shard, !isSharded else { return nil }
        return Failure(
            .configuration, .configuration,
            "The job “\(job.name)” cannot be restricted to the part \(shard): the URL of its destination “\(name)” has no "
                + "`\(placeholder)` in it, and all parts would write to the same store. Put `/\(placeholder)` at the end of "
                + "its path.")
    }
}

extension JobSpecification {
    /// Why the job cannot be divided.
    var shardProblem: Failure? {
        guard let shard, let expectation = expectations.first(where: { $0.minFiles != nil || $0.minSize != nil }) else {
            return nil
        }
        return Failure(
            .configuration, .configuration,
            "The job “\(name)” expects a number of files or a size of all of \(expectation.source), of which the part "
                + "\(shard) sees only its share. Use `must_exist`, `max_removed` or `max_changed` in a job that is divided."
        )
    }
}
