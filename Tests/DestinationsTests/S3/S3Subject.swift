import Destinations
import Support
import TestSupport

/// A server that speaks S3 as a subject of the conformance checks.
enum S3Subject {
    static func make(
        _ name: String, _ account: S3Account, _ abilities: Set<ConformanceSubject.Ability>, wire: Bool = false
    ) -> ConformanceSubject {
        let place = S3Place(account)
        return ConformanceSubject(
            name: name, abilities: abilities.union([.s3]),
            // Nobody listens there, and nobody is asked twice; what is appended belongs to the last option.
            url: { "s3://key:secret@bucket/backup?s3-server-name=127.0.0.1:9&number-of-retries=0&prefix=x" },
            make: { try place.fresh().destination },
            reopen: { destination in
                let bucket = destination.label.dropFirst("s3://".count).prefix { $0 != "/" }
                return try place.open(String(bucket))
            },
            makeMissing: { try place.open(S3Place.freshBucket()) },
            wire: wire ? Self.wire : nil, s3: place)
    }

    static let wire = WireSubject(
        secrets: [S3Double.secretKey], server: { S3Double(bucket: "wire") },
        url: { url(at: $0, S3Double.accessKey) }, urlWithWrongPassword: { url(at: $0, "AKIDSOMEBODYELSE") },
        isPut: { $0.method == "PUT" && isObject($0.target) }, isGet: { $0.method == "GET" && isObject($0.target) },
        isList: { $0.method == "GET" && $0.target.contains("prefix=") })

    private static func url(at address: String, _ key: String) -> String {
        "s3://wire/backup?s3-server-name=\(PercentEncoding.encode(address))&aws-access-key-id=\(key)"
            + "&aws-secret-access-key=\(S3Double.secretKey)"
    }

    /// Whether a target is an object that a test has asked for.
    private static func isObject(_ target: String) -> Bool {
        target.hasPrefix("/wire/backup/") && !target.contains(".dunnage-probe-")
    }
}
