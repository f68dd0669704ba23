internal import ArgumentParser
internal import Support

/// A part of a divided job on a command line: `0/4` to `3/4`.
struct ShardArgument: ExpressibleByArgument {
    let shard: Shard

    init?(argument: String) {
        guard let shard = Shard(parsing: argument) else { return nil }
        self.shard = shard
    }

    var defaultValueDescription: String { shard.description }
}
