/// A configuration that can be used, with what should be better in its files.
public struct LoadedConfiguration: Sendable, Hashable {
    /// The values.
    public let configuration: Configuration
    /// The values as they hold in the end, each with where it comes from.
    public let effective: EffectiveValue
    /// The problems that do not stand in the way, in the order of the files.
    public let warnings: [Diagnostic]
    /// Where the configuration is against its own policies: reasons to refuse a change, not to leave out a backup.
    public let violations: [Diagnostic]

    /// Warnings and violations.
    public var diagnostics: [Diagnostic] { warnings + violations }
}

/// Reads configurations.
public enum ConfigurationLoader {
    /// Reads and checks a configuration of files, variables and flags.
    ///
    /// The files add to each other. A variable that begins with `DUNNAGE__` changes what they say, and a flag has the
    /// last word.
    /// - Parameters:
    ///   - input: the files and flags.
    ///   - environment: the variables for `${…}`, and those that change values.
    ///   - standardInput: the descriptor that the path `-` stands for.
    /// - Returns: the values, and what should be better in the files.
    /// - Throws: `InvalidConfiguration` with every problem, not only the first.
    public static func load(
        _ input: ConfigurationInput, environment: [String: String], standardInput: Int32 = 0
    ) throws(InvalidConfiguration) -> LoadedConfiguration {
        try ConfigurationReading(input, environment: environment, standardInput: standardInput).load()
    }

    /// Reads and checks a file.
    /// - Parameters:
    ///   - path: the file; relative paths in it start at its folder.
    ///   - environment: the variables for `${…}`, and those that change values.
    /// - Returns: the values, and what should be better in the file.
    /// - Throws: `InvalidConfiguration` with every problem of the file, not only the first.
    public static func load(
        path: String, environment: [String: String]
    ) throws(InvalidConfiguration) -> LoadedConfiguration {
        try load(ConfigurationInput([path]), environment: environment)
    }

    /// Checks a text.
    /// - Parameters:
    ///   - bytes: the text in UTF-8.
    ///   - file: what the text is called in diagnostics.
    ///   - folder: the absolute path of the folder that relative paths start at.
    ///   - environment: the variables for `${…}`, and those that change values.
    ///   - settings: what is set on top, as `path=value`.
    /// - Returns: the values, and what should be better in the text.
    /// - Throws: `InvalidConfiguration` with every problem of the text.
    public static func load(
        utf8 bytes: [UInt8], file: String, folder: String, environment: [String: String], settings: [String] = []
    ) throws(InvalidConfiguration) -> LoadedConfiguration {
        let interpolation = Interpolation(environment: environment)
        var reader = SourceReader(SchemaCheck(interpolation: interpolation))
        reader.read(bytes, name: file, folder: folder)
        return try ConfigurationReading(reader, settings: settings, label: file).load()
    }
}
