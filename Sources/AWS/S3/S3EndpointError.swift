/// Why there is no address for a bucket.
public enum S3EndpointError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The server's name is none.
    case badServer(String)
    /// There is no bucket's name.
    case noBucket
    /// The bucket's name cannot stand in a host's name, and what was asked for wants it there.
    case notAHostName(bucket: String)
    /// A server with a number for its name has no names below it.
    case addressWithoutNames(String)
    /// A variant of AWS's servers, for a server that is not AWS's.
    case onlyAtAWS(String)
    /// What the accelerated servers do not have.
    case notAccelerated(String)

    /// A sentence of cause and one of remedy.
    public var description: String {
        switch self {
        case .badServer(let name): "`\(name)` is no server. Write a name, and a port if it needs one."
        case .noBucket: "There is no bucket. Name it."
        case .notAHostName(let bucket):
            "The bucket `\(bucket)` cannot be a part of a host's name. Use path-style addresses."
        case .addressWithoutNames(let server):
            "The server \(server) is a number, and a bucket cannot stand before it. Use path-style addresses."
        case .onlyAtAWS(let what): "\(what) is a variant of AWS's own servers only. Leave it out, or name no server."
        case .notAccelerated(let what):
            "The accelerated servers do not go together with \(what). Leave one of them out."
        }
    }
}
