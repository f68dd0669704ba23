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

    /// The store of a job at one of its destinations, for a run or for a command.
    /// - Parameters:
    ///   - job: the job.
    ///   - destination: the destination.
    ///   - secrets: where the configuration's secrets come from.
    ///   - logger: is told of options without effect.
    ///   - bandwidth: what its transfers share with those of other runs; nil for nothing.
    ///   - interruption: ends calls when their time is over.
    ///   - progress: counts repeated calls.
    /// - Throws: `Failure` when a secret cannot be had, or the URL or an option is wrong.
    public init(
        job: JobSpecification, at destination: DestinationSpecification, secrets: SecretStore, logger: Logger,
        bandwidth: RunBandwidth? = nil, interruption: Interruption? = nil, progress: RunProgress? = nil
    ) throws(Failure) {
        do {
            passphrase = try job.passphrase.map { try secrets.secret($0) }
        } catch {
            throw Failure(error, stoppedBy: interruption?.signal)
        }
        let access = try DestinationAccess(
            destination, for: job, secrets: secrets, logger: logger, bandwidth: bandwidth,
            interruption: interruption, progress: progress)
        prefix = access.prefix
        self.destination = access.destination
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
        let name = "passphrase"
        let sources = passphraseFile.map { [name: SecretSource.file($0)] } ?? [:]
        let secrets = SecretStore(sources: sources, environment: [:], mask: mask)
        let access = try DestinationAccess(
            url: url, options: options, environment: environment, mask: mask, logger: logger,
            interruption: interruption, progress: progress)
        do {
            passphrase = passphraseFile == nil ? nil : try secrets.secret(SecretReference(name))
        } catch {
            throw Failure(error)
        }
        prefix = access.prefix
        destination = access.destination
    }
}
