internal import JSON
internal import Support

/// Keys in JSON, as the services of machines and containers and the programs of profiles give them.
enum AWSKeyDocument {
    /// The keys of a document that calls the session token `token`; nil when it has none, or an end that cannot be read.
    static func read(_ bytes: [UInt8], token: String, origin: String) -> AWSCredentials? {
        guard let answer = try? JSONValue(parsing: bytes), let id = answer["AccessKeyId"]?.string, !id.isEmpty,
            let key = answer["SecretAccessKey"]?.string, !key.isEmpty
        else { return nil }
        var expires: Timestamp?
        if let text = answer["Expiration"]?.string {
            guard let moment = AWSMoment.read(text) else { return nil }
            expires = moment
        }
        return AWSCredentials(
            accessKeyID: id, secretKey: Secret(key), sessionToken: answer[token]?.string.map { Secret($0) },
            expires: expires, origin: origin)
    }
}
