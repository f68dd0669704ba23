public import Configuration
public import Secrets
public import Support

/// What somebody needs who has nothing else and has to get data back: where stores are, what opens them, and the
/// configuration that the commands of the kit use.
///
/// It is made of the configuration and of what catalogs of this machine know: no destination is asked, and no secret is
/// fetched. Templates in it name the secrets as the kit does.
public struct RecoveryKit: Sendable {
    /// A secret that opens a store or lets somebody in.
    public struct Credential: Sendable, Hashable {
        enum Origin: Sendable, Hashable {
            case reference(SecretReference)
            case written(Secret)
        }

        /// Its name in the kit.
        public let name: String
        /// What it is for.
        public internal(set) var uses: [String]
        /// Where the configuration has it from, without its value.
        public let provenance: String
        let origin: Origin

        /// The file that the kit's commands read it from.
        public var file: String { "secrets/\(name)" }
    }

    /// An option or a part of a login, as the configuration has it.
    public struct Setting: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// Its value, with secrets open.
        public let value: Template
    }

    /// Where credentials come from that are not in the configuration.
    public enum Surroundings: Sendable, Hashable {
        /// What Amazon's programs find: variables, profiles, roles of the machine.
        case aws
        /// OpenStack's variables, and `clouds.yaml`.
        case openStack
    }

    /// A version that a catalog knows.
    public struct Version: Sendable, Hashable {
        /// When it was made.
        public let time: Timestamp
        /// Its files.
        public let files: Int64
        /// The bytes of these.
        public let bytes: Int64
        /// False when the run was stopped before it had seen everything.
        public let isFull: Bool
    }

    /// What this machine knows of a store without asking anybody.
    public enum Knowledge: Sendable, Hashable {
        /// The newest versions, how many there are, and the size of blocks.
        case versions([Version], count: Int, blockSize: Int?)
        /// Nothing, for a reason.
        case nothing(String)
    }

    /// A job's store at one destination.
    public struct Store: Sendable, Hashable {
        /// The destination's name.
        public let destination: String
        /// Where it is.
        public let url: Template
        /// The options that are needed to read it.
        public let options: [Setting]
        /// Who logs in, and with what.
        public let login: [Setting]
        /// Where the login comes from, when the configuration has none.
        public let surroundings: Surroundings?
        /// How the names of its objects begin, when the configuration says so.
        public let prefix: String?
        /// The class of its data volumes, when the configuration says so.
        public let storageClass: String?
        /// For how long objects are kept from being deleted.
        public let lock: Immutability?
        /// Whether it is elsewhere.
        public let isOffSite: Bool
        /// How Duplicati's own tools are told of it; `nil` where they cannot be.
        public let duplicati: DuplicatiAddress?
        /// What is known of its versions.
        public let knowledge: Knowledge

        /// The URL, when nothing else is needed to read the store.
        public var plainURL: String? {
            options.isEmpty && login.isEmpty && surroundings == nil && prefix == nil ? url.text : nil
        }
    }

    /// A job and its stores.
    public struct Job: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// What it is for, in words.
        public let description: String?
        /// The paths that it backs up.
        public let sources: [String]
        /// The secret with its passphrase; `nil` when it is not encrypted.
        public let passphrase: Credential?
        /// Its stores, in the order of the configuration.
        public let stores: [Store]
    }

    /// The name of the installation.
    public let instance: String
    /// The fingerprint of the configuration.
    public let fingerprint: String
    /// The files of the configuration, as they were named.
    public let files: [String]
    /// The jobs.
    public let jobs: [Job]
    /// All secrets that the commands need, each once.
    public let credentials: [Credential]
    /// A configuration that is good for nothing but reading these stores.
    public let configuration: String

    /// The values of the secrets, by the kit's names.
    /// - Throws: `Failure` when one cannot be had.
    public func values(from secrets: SecretStore) throws(Failure) -> [String: Secret] {
        var values: [String: Secret] = [:]
        for credential in credentials {
            switch credential.origin {
            case .written(let secret): values[credential.name] = secret
            case .reference(let reference):
                do {
                    values[credential.name] = try secrets.secret(reference)
                } catch {
                    throw Failure(error)
                }
            }
        }
        return values
    }
}
