internal import AWS
internal import Support
internal import Synchronization
internal import Transport

/// A bucket of Amazon S3, or of one of the many servers that speak like it, or a part of a bucket.
///
/// What is known of the provider is used, and what is not known is found out: the region, where the bucket stands in
/// addresses, the server's clock, what it does not do. All of it is remembered for the life of the value.
public final class S3Destination: Destination {
    /// The bucket and the prefix as a URL, without keys.
    public let label: String

    let settings: S3Settings
    let connection: S3Connection
    let environment: DestinationEnvironment
    /// The uploads of parts that this value is busy with, which nobody else may go on with.
    let busyUploads = Mutex<Set<String>>([])

    var caller: Caller { connection.caller }

    init(
        _ settings: S3Settings, label: String, connection: ConnectionOptions, environment: DestinationEnvironment,
        discovery: String = E2Discovery.usualURL
    ) throws(DestinationError) {
        self.settings = settings
        self.label = label
        self.environment = environment
        self.connection = try S3Connection(
            settings, label: label, connection: connection, environment: environment, discovery: discovery)
    }

    /// Whether the server keeps a put from replacing an object, which is tried out once where it is not known.
    ///
    /// False also where it cannot be tried out for now, and for Swift's S3, which lets two puts in at the same moment.
    public var createsExclusively: Bool {
        // Whoever asks can only be told no: the error comes back with the first put.
        let isKept = (try? caller.run(.probe) { _ throws(DestinationError) in try creation(.probe, nil) }) ?? false
        return isKept && connection.known?.conditionsMayRace == false
    }

    /// Lists the objects of the prefix; what is in folders below it is not ours.
    public func list() throws(DestinationError) -> [RemoteObject] {
        try S3Listing(destination: self).objects()
    }

    /// Stores a file: in one request, or in parts when it is large.
    public func put(_ name: String, from file: LocalFile) throws(DestinationError) {
        try checkName(name, .put)
        try file.checkSize(name, at: label)
        if file.size > settings.uploadCutoff {
            try S3MultipartPut(destination: self, name: name, file: file).run()
        } else {
            try S3Put(destination: self, name: name, file: file).run()
        }
    }

    /// The server does not say how much room there is.
    public func freeSpace() throws(DestinationError) -> Int64? { nil }

    // MARK: Names

    /// What hides from listings: objects that a probe has made.
    static let hiddenPrefix = ".dunnage-probe-"

    func checkName(_ name: String, _ operation: DestinationError.Operation) throws(DestinationError) {
        guard let objection = ObjectNameRule.objection(to: name) else { return }
        throw failure(.configuration, operation, name, objection)
    }

    /// The name that a key stands for; nil for keys that are not ours.
    func name(of key: String) -> String? {
        guard key.utf8.starts(with: settings.prefix.utf8) else { return nil }
        let name = String(Substring(key.utf8.dropFirst(settings.prefix.utf8.count)))
        guard ObjectNameRule.objection(to: name) == nil, !name.hasPrefix(Self.hiddenPrefix) else { return nil }
        return name
    }

    /// The time by the server's clock, as far as it is known to differ.
    var serverNow: Timestamp {
        let now = environment.now()
        return Timestamp(seconds: now.seconds + (connection.known?.clockOffset ?? 0), nanoseconds: now.nanoseconds)
    }

    func failure(
        _ kind: DestinationError.Kind, _ operation: DestinationError.Operation, _ object: String?, _ detail: String,
        advice: String? = nil
    ) -> DestinationError {
        DestinationError(kind, operation, object: object, at: label, detail: detail, advice: advice)
    }

    /// Whether a class of storage is an archive, from which objects have to be ordered.
    func isArchive(_ storageClass: String?) -> Bool {
        guard let storageClass else { return false }
        if let given = settings.archiveClasses { return given.contains(storageClass) }
        return S3Settings.usualArchiveClasses.contains(storageClass)
            || connection.known?.preset.archiveClasses.contains(storageClass) == true
    }
}
