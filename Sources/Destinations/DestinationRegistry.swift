internal import Support

/// Every kind of destination by its URL scheme.
public enum DestinationRegistry {
    typealias Maker =
        @Sendable (DestinationURL, DestinationOptions, DestinationEnvironment) throws(DestinationError)
        -> any Destination

    /// One kind of destination: a new one is a folder with its sources and one line in `kinds`.
    struct Kind: Sendable {
        let schemes: [String]
        let options: [DestinationOption]
        let make: Maker
    }

    static let kinds: [Kind] = [
        Kind(schemes: ["file"], options: FileDestination.options) {
            url, options, environment throws(DestinationError) in
            var folder = try FileDestination(url: url, options: options)
            folder.pace = (
                FilePace(limit: environment.uploads, cancellation: environment.cancellation),
                FilePace(limit: environment.downloads, cancellation: environment.cancellation)
            )
            return folder
        },
        Kind(schemes: ["openstack", "swift", "cloudfiles"], options: OpenStackOptions.all) {
            url, options, environment throws(DestinationError) in
            try OpenStackDestination(url, options, environment: environment)
        },
        Kind(schemes: S3Destination.schemes, options: S3OptionNames.all) {
            url, options, environment throws(DestinationError) in
            try S3Destination(url: url, options: options, environment: environment)
        },
    ]

    /// The URL schemes that `open` accepts.
    public static var schemes: [String] { kinds.flatMap(\.schemes) }

    /// The name that URLs have for an option of a configuration: `aws-access-key-id` for `access_key_id`.
    /// - Parameters:
    ///   - name: as a configuration has it.
    ///   - scheme: that of the destination's URL.
    /// - Returns: the name; the given one in small letters when the destination knows no such option.
    public static func optionName(_ name: String, scheme: String) -> String {
        let options = kinds.first { $0.schemes.contains(scheme) }?.options ?? []
        return OptionNaming.ownName(of: name, known: options + CommonOptions.all)
    }

    /// Makes a destination from its URL and options, without touching it yet.
    /// - Parameters:
    ///   - url: a URL in Duplicati's grammar, or a local path.
    ///   - options: options of the configuration; pairs in the URL's query override them.
    ///   - environment: the world around it; its `warn` is called with a sentence for each option that will not be
    ///     used, never with a value.
    /// - Returns: the destination.
    /// - Throws: `.configuration` or `.unsupported`.
    public static func open(
        url: String, options: [String: String] = [:], environment: DestinationEnvironment = DestinationEnvironment()
    ) throws(DestinationError) -> any Destination {
        let url = try DestinationURL(parsing: url)
        guard let kind = kinds.first(where: { $0.schemes.contains(url.scheme) }) else { throw refusal(of: url) }
        let known = kind.options + CommonOptions.all
        var named: [String: String] = [:]
        for (name, value) in options { named[OptionNaming.ownName(of: name, known: known)] = value }
        try refuseUnsupported(named, known: kind.options, url)
        let options = DestinationOptions(named, overriddenBy: url)
        let destination = try kind.make(url, options, environment)
        for sentence in options.warnings(known: known) {
            environment.warn("\(destination.label): \(sentence)")
        }
        return destination
    }

    /// Refuses what a configuration promises and a kind of destination cannot keep.
    private static func refuseUnsupported(
        _ options: [String: String], known: [DestinationOption], _ url: DestinationURL
    ) throws(DestinationError) {
        let promises = [
            "lock-mode": ("immutability", "lock objects"),
            "storage-class-data": ("storage_class", "store objects in classes"),
        ]
        for (option, (key, ability)) in promises where options[option] != nil {
            throw DestinationError(
                .configuration, .open, at: url.description, detail: "\(url.scheme):// cannot \(ability)",
                advice: "Remove `\(key)` from the destination, or use another destination.")
        }
    }

    private static func refusal(of url: DestinationURL) -> DestinationError {
        let scheme = url.scheme
        let usable = schemes.map { "\($0)://" }.joined(separator: ", ")
        if let message = KnownSchemes.message(for: scheme) {
            return DestinationError(
                .unsupported, .open, at: url.description, detail: message,
                advice: "What works in this version: \(usable).")
        }
        let hint = EditDistance.suggestion(for: scheme, among: schemes + KnownSchemes.names)
        return DestinationError(
            .configuration, .open, at: url.description, detail: "there is no destination '\(scheme)://'",
            advice: (hint.map { "Did you mean '\($0)://'? " } ?? "") + "What works in this version: \(usable).")
    }
}
