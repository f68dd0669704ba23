internal import Support

extension Configuration {
    /// The configuration for one part of each job: what it backs up, and where to.
    func restricted(to shard: Shard) -> Configuration {
        var configuration = self
        for name in configuration.destinations.keys { configuration.destinations[name]?.shard = shard }
        for index in configuration.jobs.indices {
            configuration.jobs[index].shard = shard
            configuration.jobs[index].labels["shard"] = shard.description
        }
        return configuration
    }
}
