public import Support

extension JobSpecification {
    /// The job with other folders and files; the commands whose output is backed up stay.
    public func backingUp(_ paths: [String]) -> JobSpecification {
        var job = self
        job.sources =
            paths.map { path in
                sources.first { $0.path == path }
                    ?? SourceSpecification(
                        path: path, absence: .warn, requiresMountPoint: false, command: nil, dump: nil)
            } + sources.filter { $0.isOutput }
        return job
    }

    /// The job with other filters: expressions, and whether what they match is backed up.
    public func filtered(by rules: [(isIncluded: Bool, expression: String)]) -> JobSpecification {
        var job = self
        job.filters = rules.map { FilterRule(action: $0.isIncluded ? .include : .exclude, expression: $0.expression) }
        return job
    }

    /// The job with volumes of another size.
    public func withVolumes(of size: ByteCount) -> JobSpecification {
        var job = self
        job.options = Options(blockSize: options.blockSize, volumeSize: size, compression: options.compression)
        return job
    }
}
