/// What happens to a file that is already where one is to be restored, and differs.
public enum OverwriteRule: String, Sendable, Hashable, CaseIterable {
    /// It stays; the restored file gets a name with the version's date in it.
    case never
    /// It is replaced when it is older than the stored file, else it stays and nothing is restored.
    case newer
    /// It is replaced.
    case always
    /// What differs is written into it, block by block; only large files gain by that, others are replaced.
    ///
    /// A restore that is stopped leaves such a file half old and half new, until it is run again.
    case patch

    /// Whether what is there gives way, whatever its age.
    var replaces: Bool { self == .always || self == .patch }
}

/// What is to be restored, and where to.
public struct RestoreRequest: Sendable {
    /// Which version.
    public var version: VersionSelector
    /// What of it; nothing means everything.
    ///
    /// A folder that matches brings all that is in it.
    public var patterns: [FilterExpression]
    /// The folder that it is restored into; nil means the place that it comes from.
    public var target: String?
    /// Whether the target gets whole paths, instead of paths without the folders that all of them share.
    public var keepsWholePaths: Bool
    /// What happens to other files of the same names.
    public var overwrite: OverwriteRule
    /// Which metadata is restored.
    public var metadata: MetadataApplier.Parts
    /// Whether runs of zeros become holes, which take no space.
    public var isSparse = false

    /// A request; everything of the newest version unless told otherwise.
    /// - Parameters:
    ///   - version: which version.
    ///   - patterns: what of it, as `FilterExpression(argument:)` reads them.
    ///   - target: the folder that it is restored into; nil means the place that it comes from.
    ///   - keepsWholePaths: whether the target gets whole paths.
    ///   - overwrite: what happens to other files of the same names.
    ///   - metadata: which metadata is restored.
    public init(
        version: VersionSelector = .newest, patterns: [FilterExpression] = [], target: String?,
        keepsWholePaths: Bool = false, overwrite: OverwriteRule = .never, metadata: MetadataApplier.Parts = .all
    ) {
        self.version = version
        self.patterns = patterns
        self.target = target
        self.keepsWholePaths = keepsWholePaths
        self.overwrite = overwrite
        self.metadata = metadata
    }
}
