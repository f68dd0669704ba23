public import Configuration
public import Destinations
public import Engine
public import Logging
public import Secrets
internal import Support
internal import Transport

/// What is needed to use a destination, with its secrets in the clear, whatever lies there.
public struct DestinationAccess: Sendable {
    /// Where the objects are.
    public let destination: any Destination
    /// How the objects' names begin; `nil` takes what is there.
    public let prefix: String?

    /// A destination of a configuration.
    /// - Parameters:
    ///   - specification: the destination.
    ///   - job: the job that it is used for; its name takes the place of `{job}`, and its own limits
    ///     count beside the destination's.
    ///   - secrets: where the configuration's secrets come from.
    ///   - logger: is told of options without effect.
    ///   - keepsPromises: whether objects are locked and get their classes as the configuration says.
    ///   - bandwidth: what its transfers share with those of other runs; nil for nothing.
    ///   - interruption: ends calls when their time is over.
    ///   - progress: counts repeated calls.
    /// - Throws: `Failure` when a secret cannot be had, or the URL or an option is wrong.
    public init(
        _ specification: DestinationSpecification, for job: JobSpecification?, secrets: SecretStore, logger: Logger,
        keepsPromises: Bool = true, bandwidth: RunBandwidth? = nil, interruption: Interruption? = nil,
        progress: RunProgress? = nil
    ) throws(Failure) {
        if let problem = specification.shardProblem(of: job) { throw problem }
        do {
            let template = job.map { specification.url(forJob: $0.name) } ?? specification.url
            let url = try secrets.resolveURL(template)
            let options = try specification.options.mapValues { try secrets.resolve($0) }
            prefix = try Self.prefix(url: url, options: options)
            let credentials = try specification.auth.mapValues { try secrets.resolve($0) }
            var environment = DestinationEnvironment(
                secrets.environment, logger: logger, interruption: interruption, progress: progress)
            let share = (bandwidth ?? RunBandwidth()).share(of: job)
            environment.uploads = BandwidthLimit(within: share.uploads)
            environment.downloads = BandwidthLimit(within: share.downloads)
            environment.apply(specification.retry, specification.limits)
            let use = job?.uses[specification.name]
            environment.apply(use?.retry, use?.limits)
            let promises = keepsPromises ? specification.promises : [:]
            destination = try DestinationRegistry.open(
                url: url,
                options: options.merging(credentials) { _, new in new }.merging(promises) { _, new in new },
                environment: environment)
        } catch {
            throw Failure(error, stoppedBy: interruption?.signal)
        }
    }

    /// A destination that no configuration speaks of.
    /// - Parameters:
    ///   - url: where it is.
    ///   - options: what it needs beyond its URL.
    ///   - environment: the variables of this process, in which some destinations find their credentials.
    ///   - mask: learns the credentials of the URL.
    ///   - logger: is told of options without effect.
    ///   - interruption: ends calls when their time is over.
    ///   - progress: counts repeated calls.
    /// - Throws: `Failure` when the URL or an option is wrong.
    public init(
        url: String, options: [String: String] = [:], environment: [String: String], mask: SecretMask, logger: Logger,
        interruption: Interruption? = nil, progress: RunProgress? = nil
    ) throws(Failure) {
        for range in CredentialNames.ranges(inURL: url) { mask.add(Secret(String(url[range]))) }
        do {
            prefix = try Self.prefix(url: url, options: options)
            destination = try DestinationRegistry.open(
                url: url, options: options,
                environment: DestinationEnvironment(
                    environment, logger: logger, interruption: interruption, progress: progress))
        } catch {
            throw Failure(error)
        }
    }

    /// The option `prefix`, which a pair in the URL's query overrides.
    private static func prefix(url: String, options: [String: String]) throws(DestinationError) -> String? {
        let given = try DestinationURL(parsing: url).option("prefix") ?? options["prefix"]
        return given.flatMap { $0.isEmpty ? nil : $0 }
    }
}
