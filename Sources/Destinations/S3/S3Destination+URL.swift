internal import Support
internal import Transport

extension S3Destination {
    /// The schemes of URLs that mean S3.
    static let schemes = ["s3", "s3s", "e2", "aliyunoss", "cos"]

    /// Uses the bucket of a URL.
    convenience init(
        url: DestinationURL, options: DestinationOptions, environment: DestinationEnvironment
    ) throws(DestinationError) {
        let label = url.description
        let settings = try S3Settings(url: url, options: options, environment: environment)
        var connection = try ConnectionOptions(options, at: label, environment: environment)
        let reader = OptionReader(options, at: label)
        // What .NET's client calls what has names of its own here.
        if options["proxy"] == nil, let host = reader.given("s3-ext-proxyhost") {
            let port = try reader.count("s3-ext-proxyport", 1...65_535).map { ":\($0)" } ?? ""
            connection.transport.proxy = .url(Secret("http://\(host)\(port)"), except: options["no-proxy"] ?? "")
        }
        if options["number-of-retries"] == nil, let count = try reader.count("s3-ext-maxerrorretry", 0...1_000_000) {
            connection.rules.attempts = count + 1
        }
        if options["read-write-timeout"] == nil, let time = try reader.duration("s3-ext-timeout"), time > .zero {
            connection.timeouts.idle = time
        }
        if connection.transport.certificateAuthorities == nil, let bundle = environment.variables["AWS_CA_BUNDLE"],
            !bundle.isEmpty
        {
            connection.transport.certificateAuthorities = bundle
        }
        try self.init(settings, label: label, connection: connection, environment: environment)
    }
}
