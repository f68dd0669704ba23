internal import JSON
internal import Support

/// The content of a lease object.
struct LeaseRecord: Sendable, Hashable {
    /// Chosen at random for one lease, the same through all renewals.
    var token: String
    var instance: String
    var host: String
    var process: Int64
    var activity: String
    var identity: ProcessIdentity?
    var started: Timestamp
    var renewed: Timestamp
    /// How long it holds after the last renewal.
    var seconds: Int64

    var expires: Timestamp { Timestamp(seconds: renewed.seconds &+ seconds) }

    static let schema = "dunnage.lease/1"

    func encoded() -> [UInt8] {
        var members: [JSONValue.Member] = [
            .init("schema", .string(Self.schema)), .init("token", .string(token)),
            .init("instance", .string(instance)), .init("host", .string(host)), .init("process", .integer(process)),
            .init("activity", .string(activity)), .init("started", .string(started.iso8601)),
            .init("renewed", .string(renewed.iso8601)), .init("seconds", .integer(seconds)),
            .init("expires", .string(expires.iso8601)),
        ]
        if let identity {
            members.append(
                .init(
                    "identity",
                    .object([
                        .init("boot", .string(identity.boot)), .init("namespace", .string(identity.namespace)),
                        .init("start", .string(identity.start)),
                    ])))
        }
        return JSONValue.object(members).serialized(pretty: true)
    }

    /// Reads a record; nil for anything that is none.
    init?(_ bytes: [UInt8]) {
        guard let value = try? JSONValue(parsing: bytes), value["schema"]?.string == Self.schema,
            let token = value["token"]?.string, let host = value["host"]?.string,
            let process = value["process"]?.integer,
            let started = value["started"]?.string.flatMap({ Timestamp(iso8601: $0) }),
            let renewed = value["renewed"]?.string.flatMap({ Timestamp(iso8601: $0) }),
            let seconds = value["seconds"]?.integer, (0...Self.longest).contains(seconds)
        else { return nil }
        self.token = token
        self.host = host
        self.process = process
        self.started = started
        self.renewed = renewed
        self.seconds = seconds
        instance = value["instance"]?.string ?? ""
        activity = value["activity"]?.string ?? ""
        if let boot = value["identity"]?["boot"]?.string, let start = value["identity"]?["start"]?.string,
            let namespace = value["identity"]?["namespace"]?.string
        {
            identity = ProcessIdentity(boot: boot, namespace: namespace, number: process, start: start)
        }
    }

    /// More than a day is no lease of ours.
    private static let longest: Int64 = 86_400

    init(
        token: String, instance: String, host: String, process: Int64, activity: String, identity: ProcessIdentity?,
        started: Timestamp, renewed: Timestamp, seconds: Int64
    ) {
        self.token = token
        self.instance = instance
        self.host = host
        self.process = process
        self.activity = activity
        self.identity = identity
        self.started = started
        self.renewed = renewed
        self.seconds = seconds
    }
}
