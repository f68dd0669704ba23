public import Transport

/// Why there are no credentials, or no place to use them.
public enum AWSError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Nothing gives credentials; the places that were looked at.
    case noCredentials([String])
    /// One half of a pair of keys is missing; the place.
    case halfPair(String)
    /// No region is known.
    case noRegion
    /// A profile is not in the files.
    case noProfile(String)
    /// A file cannot be read or understood.
    case unreadable(String, String)
    /// A profile asks for something that is not supported.
    case unsupported(String)
    /// A profile lacks something, or has too much; the profile, and what.
    case incompleteProfile(String, String)
    /// Roles of profiles that need each other; the profiles in their order.
    case roleLoop([String])
    /// The program of a profile gave no credentials; the profile, and why.
    case program(String, String)
    /// Nobody has logged in, or too long ago; the profile.
    case signOn(String)
    /// A setting has a value that means nothing; where, the value, and what it may be.
    case badSetting(String, String, [String])
    /// A service that gives credentials answered something else; the service, and its words.
    case refused(String, status: Int, String)
    /// A service that gives credentials did not answer.
    case unreachable(String, TransportError)
    /// The caller asked to stop.
    case cancelled
    /// A body was to be sent that neither a signature nor TLS protects.
    case unsignedWithoutTLS

    /// A sentence of cause and one of remedy; never a key.
    public var description: String {
        switch self {
        case .noCredentials(let places):
            "No AWS credentials were found (\(places.joined(separator: ", "))). "
                + "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the machine a role."
        case .halfPair(let place):
            "The AWS credentials of \(place) are incomplete. Give both the access key and the secret key."
        case .noRegion: "No AWS region is known. Add `region`, or set AWS_REGION."
        case .noProfile(let name): "There is no AWS profile `\(name)`. Correct AWS_PROFILE or `profile`."
        case .unreadable(let path, let why): "The AWS file \(path) cannot be used: \(why). Correct it."
        case .unsupported(let what): "\(what) is not supported. Use keys, a web identity or the machine's role."
        case .incompleteProfile(let place, let what): "The AWS \(place) cannot be used: \(what). Correct it."
        case .roleLoop(let names):
            "The roles of the AWS profiles \(names.joined(separator: " → ")) need each other. Give one of them keys."
        case .program(let place, let why): "`credential_process` of the AWS \(place) gave no keys: \(why). Correct it."
        case .signOn(let profile):
            "The single sign-on of the AWS profile \(profile) has ended. Run `aws sso login --profile \(profile)`."
        case .badSetting(let place, let value, let choices):
            "\(place) is `\(value)`, which means nothing. It can be \(choices.joined(separator: ", "))."
        case .refused(let service, let status, let words):
            "\(service) gave no credentials, status \(status)\(words.isEmpty ? "" : ": \(words)"). Check the role."
        case .unreachable(let service, let error): "\(service) gave no credentials: \(error)"
        case .cancelled: "The search for AWS credentials was cancelled. Run again to continue."
        case .unsignedWithoutTLS: "Without TLS, what is sent has to be signed. Use https, or let it be signed."
        }
    }

    /// Whether the same may succeed when it is tried again later.
    public var isTransient: Bool {
        switch self {
        case .unreachable(_, let error): error.isTransient
        case .refused(_, let status, _): status == 429 || status >= 500
        default: false
        }
    }
}
