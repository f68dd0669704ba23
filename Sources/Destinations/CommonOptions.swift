/// Options that Duplicati's URLs may carry whatever the destination is.
enum CommonOptions {
    static let all: [DestinationOption] = accepted + withoutEffect

    /// What these ask for is so in any case, or is meant for another layer.
    private static let accepted = [
        "prefix", "disable-streaming-transfers", "list-verify-uploads", "no-connection-reuse",
    ].map { DestinationOption($0, .accepted) }

    private static let withoutEffect = [
        "auth-username", "auth-password", "short-timeout", "list-timeout", "read-write-timeout", "use-ssl",
        "accept-any-ssl-certificate", "accept-specified-ssl-hash", "number-of-retries", "retry-delay",
        "retry-with-exponential-backoff", "asynchronous-upload-limit", "asynchronous-concurrent-upload-limit",
        "throttle-upload", "throttle-download", "soft-delete-prefix", "disable-autocreate-folder",
        "remote-file-lock-duration",
    ].map { DestinationOption($0, .withoutEffect("this destination does not use it")) }
}
