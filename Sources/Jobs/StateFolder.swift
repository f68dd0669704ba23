internal import Configuration
internal import Cryptography
internal import Glibc
public import Secrets
public import Support

/// The folder for what is kept on this machine: the ledger, and one catalog and one lock per job and destination.
///
/// ```
/// ledger.sqlite
/// serving.json
/// catalog/home-disk-1f00ba9c.sqlite
/// catalog/home-disk-1f00ba9c.lock
/// ```
public struct StateFolder: Sendable, Hashable {
    /// Its absolute path.
    public let path: String

    /// The configured folder, or the usual one for this user.
    ///
    /// That is systemd's `STATE_DIRECTORY`, `/var/lib/dunnage` for root, and the XDG state folder for others.
    public init(_ configured: String?, environment: [String: String]) {
        if let configured {
            path = configured
        } else if let given = environment["STATE_DIRECTORY"]?.split(separator: ":").first, given.hasPrefix("/") {
            path = String(given)
        } else if geteuid() == 0 {
            path = "/var/lib/dunnage"
        } else if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
            path = "\(state)/dunnage"
        } else if let home = environment["HOME"], home.hasPrefix("/") {
            path = "\(home)/.local/state/dunnage"
        } else {
            path = "/var/lib/dunnage"
        }
    }

    /// The local database of one job's store at one destination.
    ///
    /// Its name changes when the destination's URL does, so that a store elsewhere starts with a catalog of its own.
    /// - Parameters:
    ///   - job: the job's name.
    ///   - destination: the destination's name.
    ///   - url: where the store is; secrets in it are not part of the name.
    /// - Returns: an absolute path.
    public func catalog(job: String, destination: String, url: Template) -> String {
        let digest = HashContext(.sha256).hash(Array(url.description.utf8))
        let hash = Hex.encode(Array(digest.bytes.prefix(4)))
        return "\(path)/catalog/\(Self.fileName(job))-\(Self.fileName(destination))-\(hash).sqlite"
    }

    /// The file of the ledger.
    public var ledger: String { "\(path)/ledger.sqlite" }

    /// The lock of the one service that may follow its schedules from here.
    public var serviceLock: String { "\(path)/serve.lock" }

    /// The configuration that the service follows.
    public var serving: String { "\(path)/serving.json" }

    /// The folder for the logs of runs.
    public var logs: String { "\(path)/logs" }

    /// The log of a run.
    public func log(ofRun id: String) -> String { "\(logs)/\(id).log" }

    /// The report of a run that has ended, as JSON.
    public func report(ofRun id: String) -> String { "\(logs)/\(id).json" }

    /// Removes log and report of a run that is forgotten.
    public func removeLog(ofRun id: String) {
        unlink(log(ofRun: id))
        unlink(report(ofRun: id))
    }

    /// The socket at which the service answers those of this machine who may read the folder.
    public var socket: String { "\(path)/api.sock" }

    /// The lock of a catalog.
    public func lock(ofCatalog catalog: String) -> String {
        catalog.hasSuffix(".sqlite") ? "\(catalog.dropLast(7)).lock" : "\(catalog).lock"
    }

    /// What remembers the last lease that was taken with a catalog.
    public func leaseMemory(ofCatalog catalog: String) -> String {
        catalog.hasSuffix(".sqlite") ? "\(catalog.dropLast(7)).lease" : "\(catalog).lease"
    }

    /// Creates what is missing, readable by the owner only.
    public func prepare() throws(SystemError) {
        try FileTree.createFolder("\(path)/catalog", mode: 0o700)
    }

    /// A name of the configuration as part of a file's name.
    private static func fileName(_ name: String) -> String {
        let bytes = name.utf8.prefix(80).map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                byte
            default: UInt8(ascii: "_")
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
