public import Schedule
public import Support

/// What is to be imported, and how.
public struct ImportRequest: Sendable {
    /// A file's name and content.
    public struct File: Sendable {
        /// What it is called in messages.
        public let name: String
        /// What is in it.
        public let bytes: [UInt8]

        /// A file of its name and content.
        public init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// What the files are written in.
    public var kind: ImportKind
    /// The files, each with one job or more.
    public var files: [File]
    /// What opens encrypted exports.
    public var passphrase: Secret?
    /// The name of the job, instead of its own; only for a single job.
    public var jobName: String?
    /// The absolute path of the folder that secrets are looked for in; without one they are in the environment.
    public var secretsFolder: String?
    /// The zone whose clocks the schedules go by, with its name.
    public var zone: (name: String, zone: Zone)?

    /// A request with everything else left out.
    public init(_ kind: ImportKind, _ files: [File]) {
        self.kind = kind
        self.files = files
    }
}
