public import Support

/// What a configuration is made of: files and folders, and what the command line sets on top.
public struct ConfigurationInput: Sendable, Hashable {
    /// The path that stands for standard input.
    public static let standardInput = "-"

    /// Files, folders whose `*.yaml` files are read, and `-` for standard input; at least one.
    public let paths: [String]
    /// Settings as `jobs.photos.options.compression=fast`; a later one wins.
    public let settings: [String]
    /// What the files stand in for, when they are not where they belong.
    public let placement: FilePlacement?
    /// Which part of its sources each job is restricted to.
    public let shard: Shard?

    /// Files, folders or `-`, and settings as `path=value`.
    public init(
        _ paths: [String], settings: [String] = [], placement: FilePlacement? = nil, shard: Shard? = nil
    ) {
        self.paths = paths
        self.settings = settings
        self.placement = placement
        self.shard = shard
    }

    /// The same with files elsewhere.
    public func placed(_ placement: FilePlacement) -> ConfigurationInput {
        ConfigurationInput(paths, settings: settings, placement: placement, shard: shard)
    }

    /// The same for one part of the sources.
    public func restricted(to shard: Shard) -> ConfigurationInput {
        ConfigurationInput(paths, settings: settings, placement: placement, shard: shard)
    }

    /// The paths as they are written on a command line.
    public var label: String { paths.joined(separator: " ") }
}
