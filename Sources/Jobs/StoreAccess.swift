public import Configuration
public import Destinations
public import Engine
public import Logging
public import Secrets
public import Support

/// What is needed to use a store, with its secrets in the clear: made late, and kept no longer than a run.
public struct StoreAccess: Sendable {
    /// Where the objects are.
    public let destination: any Destination
    /// What opens them; `nil` when they are not encrypted.
    public let passphrase: Secret?
    /// How the objects' names begin; `nil` takes what is there.
    public let prefix: String?

    /// The store of a job at one of its destinations.
    /// - Throws: `Failure` when a secret cannot be had, or the URL or an option is wrong.
    public init(
        job: JobSpecification, at destination: DestinationSpecification, secrets: SecretStore, logger: Logger,
        interruption: Interruption? = nil, progress: RunProgress? = nil
    ) throws(Failure) {
        do {
            passphrase = try job.passphrase.map { try secrets.secret($0) }
            let url = try secrets.resolveURL(destination.url(forJob: job.name))
            let options = try destination.options.mapValues { try secrets.resolve($0) }
            prefix = try Self.prefix(url: url, options: options)
            let credentials = try destination.auth.mapValues { try secrets.resolve($0) }
            var environment = DestinationEnvironment(
                secrets.environment, logger: logger, interruption: interruption, progress: progress)
            let use = job.uses[destination.name]
            environment.apply(destination.retry, destination.limits)
            environment.apply(use?.retry, use?.limits)
            self.destination = try DestinationRegistry.open(
                url: url,
                options: options.merging(credentials) { _, new in new }.merging(destination.promises) { _, new in new },
                environment: environment)
        } catch {
            throw Failure(error, stoppedBy: interruption?.signal)
        }
    }

    /// A store that no configuration speaks of.
    /// - Parameters:
    ///   - url: where it is.
    ///   - options: what the destination needs beyond its URL.
    ///   - passphraseFile: the file that holds its passphrase; `nil` when it is not encrypted.
    ///   - environment: the variables of this process, in which some destinations find their credentials.
    ///   - mask: learns the passphrase and the credentials of the URL.
    ///   - logger: is told of options without effect.
    ///   - interruption: ends calls when their time is over.
    ///   - progress: counts repeated calls.
    /// - Throws: `Failure` when the file cannot be read or the URL is wrong.
    public init(
        url: String, options: [String: String] = [:], passphraseFile: String?, environment: [String: String],
        mask: SecretMask, logger: Logger, interruption: Interruption? = nil, progress: RunProgress? = nil
    ) throws(Failure) {
        for range in CredentialNames.ranges(inURL: url) { mask.add(Secret(String(url[range]))) }
        let name = "passphrase"
        let sources = passphraseFile.map { [name: SecretSource.file($0)] } ?? [:]
        let secrets = SecretStore(sources: sources, environment: [:], mask: mask)
        do {
            passphrase = passphraseFile == nil ? nil : try secrets.secret(SecretReference(name))
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
