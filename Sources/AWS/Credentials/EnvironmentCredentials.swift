internal import Support

/// The keys of the variables `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`.
struct EnvironmentCredentials {
    let surroundings: CredentialSurroundings

    /// The keys; nil when neither variable is set.
    func find() throws(AWSError) -> AWSCredentials? {
        let id = surroundings.variable("AWS_ACCESS_KEY_ID")
        let key = surroundings.variable("AWS_SECRET_ACCESS_KEY")
        guard let id, let key else {
            if id == nil, key == nil { return nil }
            throw .halfPair("the environment")
        }
        return AWSCredentials(
            accessKeyID: id, secretKey: Secret(key),
            sessionToken: surroundings.variable("AWS_SESSION_TOKEN").map { Secret($0) }, origin: "the environment")
    }
}
