/// What a script of Duplicati's finds in its environment.
///
/// Passphrases and passwords, which Duplicati hands over as well, are not among them.
public struct ScriptVariables: Sendable, Hashable {
    /// Which of its moments a script runs at.
    public enum Event: String, Sendable, Hashable {
        /// Before the backup.
        case before = "BEFORE"
        /// At the end, whatever came of it.
        case after = "AFTER"
    }

    /// How the operation ended, in Duplicati's words.
    public enum Result: String, Sendable, Hashable {
        /// Without warnings.
        case success = "Success"
        /// With warnings.
        case warning = "Warning"
        /// Not.
        case error = "Error"
        /// Before it began.
        case fatal = "Fatal"
        /// Nobody knows yet.
        case unknown = "Unknown"
    }

    /// The job's name.
    public var backupName: String
    /// Where the first destination is, without secrets.
    public var remoteURL: String
    /// The paths of the sources.
    public var localPaths: [String]
    /// The filters, each with `+` or `-` before it.
    public var filters: [String]
    /// Options of the job under Duplicati's names: `dblock-size`.
    public var options: [String: String]
    /// How the operation ended; `nil` before it.
    public var result: Result?
    /// The file with the figures of the run; `nil` before it.
    public var resultFile: String?

    /// The variables of a job.
    public init(
        backupName: String, remoteURL: String, localPaths: [String], filters: [String] = [],
        options: [String: String] = [:], result: Result? = nil, resultFile: String? = nil
    ) {
        self.backupName = backupName
        self.remoteURL = remoteURL
        self.localPaths = localPaths
        self.filters = filters
        self.options = options
        self.result = result
        self.resultFile = resultFile
    }

    /// The variables by name, for one of the moments.
    public func environment(_ event: Event) -> [String: String] {
        var variables: [String: String] = [:]
        for (name, value) in options { variables["DUPLICATI__\(name.replacing("-", with: "_"))"] = value }
        variables["DUPLICATI__EVENTNAME"] = event.rawValue
        variables["DUPLICATI__OPERATIONNAME"] = "Backup"
        variables["DUPLICATI__REMOTEURL"] = remoteURL
        variables["DUPLICATI__LOCALPATH"] = localPaths.joined(separator: ":")
        variables["DUPLICATI__FILTER"] = filters.joined(separator: ":")
        variables["DUPLICATI__backup_name"] = backupName
        if event == .after { variables["DUPLICATI__PARSED_RESULT"] = (result ?? .unknown).rawValue }
        if event == .after, let resultFile { variables["DUPLICATI__RESULTFILE"] = resultFile }
        return variables
    }
}
