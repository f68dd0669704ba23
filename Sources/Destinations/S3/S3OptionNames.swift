/// What the options of S3 are called, with the names that Duplicati's documentation and its older versions give them.
enum S3OptionNames {
    /// Every name, for the registry.
    static let all: [DestinationOption] =
        ConnectionOptions.names
        + (keys + place + storage + protection + extensions + alibaba + tencent).map { DestinationOption($0) }
        + harmless.map { DestinationOption($0, .accepted) }

    static let accessKey = [
        "aws-access-key-id", "aws_access_key_id", "access_key_id", "oss-access-key-id", "oos-access-key-id",
        "cos-secret-id",
    ]
    static let secretKey = [
        "aws-secret-access-key", "aws_secret_access_key", "access_key_secret", "oss-access-key-secret",
        "oos-access-key-secret", "cos-secret-key",
    ]
    static let sessionToken = ["aws-session-token", "s3-session-token"]
    static let server = ["s3-server-name", "s3-servername", "server-name", "oss-endpoint"]
    static let constraint = ["s3-location-constraint", "s3-location-contraint", "cos-region"]
    static let signingRegion = ["s3-authentication-region", "s3-ext-authenticationregion"]
    static let lockMode = ["s3-lock-mode", "s3-object-lock-mode"]
    static let listVersion = ["s3-list-api-version", "list-api-version"]
    static let storageClass = ["s3-storage-class", "cos-storage-class"]

    private static let keys =
        accessKey + secretKey + sessionToken + [
            "auth-username", "auth-password", "s3-profile", "s3-env-auth", "s3-role-arn", "s3-role-external-id",
            "s3-role-session-name", "s3-role-duration", "s3-role-endpoint",
        ]

    private static let place =
        server + constraint + signingRegion + [
            "use-ssl", "s3-addressing", "s3-dualstack", "s3-fips", "s3-accelerate", "s3-european-buckets", "s3-client",
            "s3-requester-pays", "s3-expected-bucket-owner",
        ]

    private static let storage =
        storageClass + listVersion + [
            "s3-storage-class-metadata", "s3-archive-classes", "s3-use-rrs", "s3-upload-cutoff", "s3-part-size",
            "s3-checksum", "s3-disable-payload-signing", "s3-acl",
        ]

    private static let protection =
        lockMode + [
            "remote-file-lock-duration", "s3-delete-versions", "s3-encryption", "s3-kms-key-id", "s3-kms-context",
            "s3-bucket-key", "s3-customer-key",
        ]

    private static let extensions = [
        "s3-ext-forcepathstyle", "s3-ext-useaccelerateendpoint", "s3-ext-usedualstackendpoint",
        "s3-ext-usefipsendpoint", "s3-ext-proxyhost", "s3-ext-proxyport", "s3-ext-timeout", "s3-ext-maxerrorretry",
    ]

    private static let alibaba = ["oss-bucket-name", "oss-bucket"]
    private static let tencent = ["cos-bucket", "cos-app-id"]

    /// What these ask for is so in any case.
    private static let harmless = ["s3-disable-chunk-encoding", "s3-recursive-list", "disable-autocreate-folder"]
}
